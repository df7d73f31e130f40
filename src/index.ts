export { bestOf, closedFormTargets, deviationOf } from "./calibration/calibrate";
export { SPACE } from "./calibration/space";
export { encode, featureNames, standardise, statisticsOf } from "./demonstrations/features";
export { type Demonstrations, generate, generateChunks } from "./demonstrations/generate";
export { generateParallel } from "./demonstrations/parallel";
export type { Split } from "./demonstrations/split";
export { loadDemonstrations, storeDemonstrations, writeCsv } from "./demonstrations/store";
export { InputError } from "./errors";
export { breakdown } from "./evaluation/breakdown";
export { breakdownText } from "./evaluation/breakdown-text";
export { type Estimate, meanOf, ratioOf, reductionOf } from "./evaluation/estimate";
export { type Evaluation, evaluate, type SchemeResult } from "./evaluation/evaluate";
export { meanDeviation, PAPER_HEADER, type PaperRow, paperCells } from "./evaluation/paper-table";
export { PUBLISHED } from "./evaluation/published";
export { regretsOf } from "./evaluation/regret";
export { reportRows, reportTable } from "./evaluation/report";
export type { Breakdown } from "./evaluation/state-breakdown";
export { applicationGraph } from "./figures/application-graph";
export { exportFigure } from "./figures/export";
export type { Figure } from "./figures/figure";
export { type LearningPoint, learningCurves } from "./figures/learning-curves";
export { type MethodRow, methodFamiliesFigure } from "./figures/method-families";
export { figure3, figure4, figure5 } from "./figures/paper-figures";
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
export { type Calibration, calibrationOf, sensitivityOf } from "./lab/calibration";
export { type CostExplorer, type CostExplorerOptions, costExplorer } from "./lab/cost-explorer";
export { type Cell, dataFrame, showFrame } from "./lab/data-frame";
export { display, displayHtml } from "./lab/display";
export {
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
export { Interrupted, longWork } from "./lab/long-work";
export { type MethodFamilies, type MethodOptions, methodFamiliesOf } from "./lab/method-families";
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
export { bestTrial, type Sweep, sweepCoordinates, sweepNamed, sweepOf, sweepRows } from "./lab/sweep";
export type { Range, SweepOptions, SweepSpace } from "./lab/sweep-space";
export { trainingExplorer } from "./lab/training-explorer";
export { column, row, tabs } from "./lab/widgets/boxes";
export { type Control, checkbox, dropdown, logSlider, rangeSlider, slider, text, toggle } from "./lab/widgets/controls";
export { button, html, label, progressBar } from "./lab/widgets/elements";
export { type FigurePoint, type FigureRanges, type FigureWidget, figureWidget } from "./lab/widgets/figure-widget";
export { interact } from "./lab/widgets/interact";
export { type OutputArea, outputArea } from "./lab/widgets/output-area";
export { show } from "./lab/widgets/show";
export type { Widget } from "./lab/widgets/widget";
export { HEADS, type HeadName } from "./learning/heads";
export { type MessageSet, messagePassingDecider, trainMessagePassing } from "./learning/message-passing";
export { decider, loadModel, type Model, saveModel } from "./learning/model";
export { quantise, quantisedForward } from "./learning/quantised";
export { TABULAR_Q_DEFAULTS, type TabularQOptions, tabularQDecider, trainTabularQ } from "./learning/tabular-q";
export { type Epoch, TRAIN_DEFAULTS, type TrainOptions, train } from "./learning/train";
export { type Application, applicationOf, buildApplication, DEVICE } from "./mec/application";
export { type Capacity, capacityOf, heldBy } from "./mec/capacity";
export { executionTimes, type Schedule, scheduleOf } from "./mec/schedule";
export { SITE_NAMES, type Site } from "./mec/sites";
export { type States, sampleStates } from "./mec/states";
export { costTables, delayTables, type Tables, totalOf, totalsOf } from "./mec/tables";
export type { Improvement } from "./optimal/anytime";
export { eliminate } from "./optimal/elimination";
export { exhaustive } from "./optimal/exhaustive";
export { type Fitted, fitToCapacity } from "./optimal/fit-to-capacity";
export { minCut } from "./optimal/min-cut";
export { lpText } from "./optimal/mixed-integer";
export { oneState } from "./optimal/one-state";
export { METHODS, type Method, type OptimalOptions, type Optimum, optimal } from "./optimal/optimal";
export { type Import, type ImportOptions, importFile, importText } from "./scenario/import/import";
export { loadScenario, presetNames, scenarioHash } from "./scenario/load";
export { mergeSubTasks } from "./scenario/merge";
export { parametersOf } from "./scenario/parameters";
export type { Scenario } from "./scenario/scenario";
export { cheapestOf } from "./schemes/cheapest";
export { dros } from "./schemes/dros";
export { cos, eos, los } from "./schemes/fixed";
export { gos } from "./schemes/gos";
export { dios, sos } from "./schemes/imitation";
export { oos } from "./schemes/oos";
export { ros } from "./schemes/ros";
export { SCHEME_NAMES, type Scheme, type SchemeName } from "./schemes/scheme";
export { VERSION } from "./version";
