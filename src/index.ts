export { bestOf, closedFormTargets, deviationOf } from "./calibration/calibrate";
export { SPACE } from "./calibration/space";
export { encode, featureNames, standardise, statisticsOf } from "./demonstrations/features";
export { type Demonstrations, generate, generateChunks } from "./demonstrations/generate";
export { generateParallel } from "./demonstrations/parallel";
export type { Split } from "./demonstrations/split";
export {
  loadDemonstrations,
  openDemonstrations,
  type StoredDemonstrations,
  storeDemonstrations,
  writeCsv,
} from "./demonstrations/store";
export { InputError } from "./errors";
export { breakdown } from "./evaluation/breakdown";
export { breakdownText } from "./evaluation/breakdown-text";
export { type DeadlineResult, missShare, underDeadline, withinDeadline } from "./evaluation/deadline";
export { alarmShare, type DriftMonitor, driftDistances, driftMonitor } from "./evaluation/drift";
export { deviceJoules, type TimeAndEnergy, timeAndEnergy } from "./evaluation/energy";
export { type Estimate, meanOf, ratioOf, reductionOf } from "./evaluation/estimate";
export { type Evaluation, evaluate, type SchemeResult } from "./evaluation/evaluate";
export { type FallbackPoint, type FallbackSet, fallbackAt, fallbackCurve, thresholdFor } from "./evaluation/fallback";
export { type RightInTurn, rightInTurn } from "./evaluation/in-turn";
export { meanDeviation, PAPER_HEADER, type PaperRow, paperCells } from "./evaluation/paper-table";
export { PUBLISHED } from "./evaluation/published";
export { regretsOf } from "./evaluation/regret";
export { reportRows, reportTable } from "./evaluation/report";
export type { Breakdown } from "./evaluation/state-breakdown";
export { applicationGraph } from "./figures/application-graph";
export { type CompressionPoint, compressionFigure } from "./figures/compression-figure";
export { deadlineFigure } from "./figures/deadline-figure";
export { type DriftPoint, driftFigure } from "./figures/drift-figure";
export { exportFigure } from "./figures/export";
export { fallbackFigure } from "./figures/fallback-figure";
export type { Figure } from "./figures/figure";
export { type LearningPoint, learningCurves } from "./figures/learning-curves";
export { type MethodRow, methodFamiliesFigure } from "./figures/method-families";
export { type CrowdCurves, type CrowdPoint, multiUserFigure } from "./figures/multi-user-figure";
export { figure3, figure4, figure5 } from "./figures/paper-figures";
export { type ParetoPoint, paretoFigure } from "./figures/pareto-figure";
export { type PolicyPoint, policyComparison } from "./figures/policy-comparison";
export { figureProvenance } from "./figures/provenance";
export { regretFigure } from "./figures/regret-figure";
export { runCurves } from "./figures/run-curves";
export { type ScalingFit, type ScalingPoint, scalingFigure } from "./figures/scaling-figure";
export { sensitivityFigure } from "./figures/sensitivity-figure";
export { type SiteMapRow, siteMap } from "./figures/site-map";
export { siteShares } from "./figures/site-shares";
export { type SweepPoint, sweepFigure } from "./figures/sweep-figure";
export { timeline } from "./figures/timeline";
export { trainingCurves } from "./figures/training-curves";
export { type TransferPoint, transferFigure } from "./figures/transfer-figure";
export { architectureOf, costSensitiveOf, daggerOf, membersOf } from "./lab/beyond-cloning";
export { type Calibration, calibrationOf, sensitivityOf } from "./lab/calibration";
export { type CompressedRow, type Compression, compressionOf } from "./lab/compression";
export { type CostExplorer, type CostExplorerOptions, costExplorer } from "./lab/cost-explorer";
export { type Cell, dataFrame, showFrame } from "./lab/data-frame";
export { display, displayHtml } from "./lab/display";
export {
  demonstrationsFile,
  demonstrationsOf,
  type Experiment,
  evaluationOf,
  figuresOf,
  literalAccuracyOf,
  MODELS,
  modelOf,
  openExperiment,
  paperTableOf,
  qModelOf,
} from "./lab/experiment";
export { interruptible, onInterrupt } from "./lab/interrupt";
export { demonstrationsInShards, shardJobs, trainCompared } from "./lab/job-lists";
export type { Job } from "./lab/jobs/job";
export { type LocalDask, startLocalDask } from "./lab/jobs/local-dask";
export { JobsFailed, runJobs, type Where } from "./lab/jobs/run-jobs";
export { Interrupted, longWork } from "./lab/long-work";
export { type MethodFamilies, type MethodOptions, methodFamiliesOf } from "./lab/method-families";
export {
  type CrowdComparison,
  type CrowdSetting,
  crowdComparisonOf,
  crowdDemonstrationsOf,
  crowdPolicyOf,
  type DynamicsResult,
  dynamicsOf,
  gamesOf,
} from "./lab/multi-user";
export { diosOf, messagePassingOf, type PolicyTest, policyPoints } from "./lab/policies";
export { progress } from "./lab/progress";
export { bestRun, type Run, type RunOptions, runNamed, runOf, runRows, runsOf, saveRun } from "./lab/runs";
export {
  crossings,
  type DecisionMethod,
  decision,
  exponentialBase,
  generation,
  peakMemoryAt,
  powerLaw,
  timesAt,
  trainingPass,
} from "./lab/scaling";
export { showFigure } from "./lab/show-figure";
export {
  bestTrial,
  plannedSweep,
  type Sweep,
  sweepCoordinates,
  sweepNamed,
  sweepOf,
  sweepRows,
  trialJobs,
} from "./lab/sweep";
export type { Range, SweepOptions, SweepSpace } from "./lab/sweep-space";
export { onLocalDask, onWorkers } from "./lab/throughput";
export { trainingExplorer } from "./lab/training-explorer";
export { type Domain, type TransferMethod, type TransferPlan, transferOf, ZERO_SHOT } from "./lab/transfer";
export { column, row, tabs } from "./lab/widgets/boxes";
export { type Control, checkbox, dropdown, logSlider, rangeSlider, slider, text, toggle } from "./lab/widgets/controls";
export { button, html, label, progressBar } from "./lab/widgets/elements";
export { type FigurePoint, type FigureRanges, type FigureWidget, figureWidget } from "./lab/widgets/figure-widget";
export { interact } from "./lab/widgets/interact";
export { type OutputArea, outputArea } from "./lab/widgets/output-area";
export { show } from "./lab/widgets/show";
export type { Widget } from "./lab/widgets/widget";
export { ARCHITECTURES } from "./learning/architectures";
export { type CompressedPolicy, compressedDecider, loadCompressed, saveCompressed } from "./learning/compressed-policy";
export { distil, softTargets } from "./learning/distillation";
export { ensembleJudge, type Judge, type Judgement } from "./learning/ensemble";
export { HEADS, type HeadName } from "./learning/heads";
export { type Policy, policyDecider } from "./learning/inference";
export { type MessageSet, messagePassingDecider, trainMessagePassing } from "./learning/message-passing";
export { decider, loadModel, type Model, saveModel } from "./learning/model";
export { type PruningPlan, type PruningScope, pruneGradually, pruneUnits, pruneWeights } from "./learning/pruning";
export { quantise, quantisedForward } from "./learning/quantised";
export { sequentialDecider } from "./learning/sequential";
export { storedStatistics, storedTrainingSet } from "./learning/stored-training-set";
export { TABULAR_Q_DEFAULTS, type TabularQOptions, tabularQDecider, trainTabularQ } from "./learning/tabular-q";
export { type Epoch, TRAIN_DEFAULTS, type TrainOptions, train } from "./learning/train";
export { learnDomain, type NamedPolicy, policyOf, type TransferOptions } from "./learning/transfer";
export { type Application, applicationOf, buildApplication, DEVICE } from "./mec/application";
export { type Capacity, capacityOf, heldBy } from "./mec/capacity";
export { executionTimes, type Schedule, scheduleOf } from "./mec/schedule";
export { SITE_NAMES, type Site } from "./mec/sites";
export { ratesOf, type States, sampleStates } from "./mec/states";
export { costTables, delayTables, type Tables, totalOf, totalsOf } from "./mec/tables";
export {
  allLocal,
  bestFound,
  bestResponse,
  type Dynamics,
  greedyPlan,
  potentialOf,
  randomPlan,
} from "./multi-user/best-response";
export {
  bestDeviation,
  type Deviation,
  type Game,
  gameOf,
  SHARINGS,
  type SharingRule,
  socialCost,
  userCosts,
} from "./multi-user/game";
export { type CrowdPolicy, crowdDecider, trainCrowdPolicy } from "./multi-user/imitation";
export { anarchyOf, type SocialOptimum, searchOptimum, solveOptimum } from "./multi-user/optimum";
export { type Crowd, type CrowdState, sampleCrowd } from "./multi-user/state";
export type { Improvement } from "./optimal/anytime";
export { costsToGo } from "./optimal/cost-to-go";
export { eliminate } from "./optimal/elimination";
export { exhaustive } from "./optimal/exhaustive";
export { type Fitted, fitToCapacity } from "./optimal/fit-to-capacity";
export { lpText } from "./optimal/lp-text";
export { minCut } from "./optimal/min-cut";
export { oneState } from "./optimal/one-state";
export { METHODS, type Method, type OptimalOptions, type Optimum, optimal } from "./optimal/optimal";
export { type Import, type ImportOptions, importFile, importText } from "./scenario/import/import";
export { loadScenario, presetNames, scenarioHash } from "./scenario/load";
export { mergeSubTasks } from "./scenario/merge";
export { parametersOf } from "./scenario/parameters";
export type { Scenario } from "./scenario/scenario";
export { cheapestOf } from "./schemes/cheapest";
export { dros } from "./schemes/dros";
export { orSearch } from "./schemes/fallback";
export { cos, eos, los } from "./schemes/fixed";
export { gos } from "./schemes/gos";
export { dios, sos } from "./schemes/imitation";
export { oos } from "./schemes/oos";
export { ros } from "./schemes/ros";
export { SCHEME_NAMES, type Scheme, type SchemeName } from "./schemes/scheme";
export { VERSION } from "./version";
