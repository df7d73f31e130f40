#include "demonstrations.h"
#include "logarithms.h"

#define WORD 0x1p32

INLINE Doubles floors(Doubles values) {
#ifdef __AVX2__
  return (Doubles)_mm256_floor_pd((__m256d)values);
#else
  for (int i = 0; i < 4; i++) values[i] = floor(values[i]);
  return values;
#endif
}

/** Generators side by side, in so many vectors. */
enum { LANES = 32, VECTORS = LANES / 4 };

/** Takes a character of each lane's text into its hash. */
INLINE void mash(Doubles hashes[VECTORS], const Doubles characters[VECTORS]) {
  for (int v = 0; v < VECTORS; v++) {
    Doubles n = hashes[v] + characters[v];
    Doubles h = 0.02519603282416938 * n;
    n = floors(h);
    h -= n;
    h *= n;
    n = floors(h);
    h -= n;
    hashes[v] = n + h * WORD;
  }
}

/** The 32 lowest bits of whole parts, over 2^32. */
INLINE Doubles shares(Doubles hashes) {
  const Doubles whole = floors(hashes);
  return (whole - floors(whole * (1 / WORD)) * WORD) * (1 / WORD);
}

/** Most digits of a safe integer. */
enum { DIGITS = 16 };

/** Writes index, index + 1, ... in `digits` decimal digits: row i has character i of each lane. */
static void writeDigits(uint64_t index, int digits, double text[][LANES]) {
  for (int lane = 0; lane < LANES; lane++) {
    uint64_t left = index + lane;
    for (int i = digits - 1; i >= 0; i--, left /= 10) text[i][lane] = '0' + left % 10;
  }
}

/** What streams of draws are made from: see drawStreams in demonstrations.h. */
typedef struct {
  const uint16_t *prefix;
  size_t length;
  const double *hashes;
  /** The next generator's number, how many digits it has, and the first one that has more. */
  uint64_t index, beyond;
  int digits;
} Streams;

static Streams streamsFrom(const Array *given) {
  Streams streams = {given[0].data, given[0].length, given[1].data, ((const double *)given[2].data)[0], 10, 1};
  for (; streams.index >= streams.beyond; streams.beyond *= 10) streams.digits++;
  return streams;
}

/** Generators side by side, as they are between two draws. */
typedef struct {
  Doubles states[3][VECTORS], carry[VECTORS];
} Generators;

/** The next generators, of which at most `most` are wanted; goes on behind them and returns how many they are. */
INLINE size_t nextGenerators(Streams *streams, size_t most, Generators *generators) {
  if (streams->index == streams->beyond) {
    streams->beyond *= 10;
    streams->digits++;
  }
  double text[DIGITS][LANES];
  writeDigits(streams->index, streams->digits, text);
  Doubles hash[VECTORS];
  for (int v = 0; v < VECTORS; v++) hash[v] = everywhere(streams->hashes[3]);
  for (int seed = 0; seed < 3; seed++) {
    if (seed > 0) {
      for (size_t i = 0; i < streams->length; i++) {
        Doubles characters[VECTORS];
        for (int v = 0; v < VECTORS; v++) characters[v] = everywhere(streams->prefix[i]);
        mash(hash, characters);
      }
    }
    for (int i = 0; i < streams->digits; i++) mash(hash, (const Doubles *)text[i]);
    for (int v = 0; v < VECTORS; v++) {
      const Doubles difference = shares(everywhere(streams->hashes[seed])) - shares(hash[v]);
      generators->states[seed][v] = difference + chooseDoubles(difference < 0, everywhere(1), everywhere(0));
    }
  }
  for (int v = 0; v < VECTORS; v++) generators->carry[v] = everywhere(1);
  size_t lanes = most < LANES ? most : LANES;
  if (streams->beyond - streams->index < lanes) lanes = streams->beyond - streams->index;
  streams->index += lanes;
  return lanes;
}

/** The next number of each generator. */
INLINE void draw(Generators *generators, Doubles drawn[VECTORS]) {
  Doubles(*states)[VECTORS] = generators->states;
  for (int v = 0; v < VECTORS; v++) {
    const Doubles next = 2091639 * states[0][v] + generators->carry[v] * (1 / WORD);
    generators->carry[v] = floors(next);
    states[0][v] = states[1][v];
    states[1][v] = states[2][v];
    drawn[v] = states[2][v] = next - generators->carry[v];
  }
}

bool drawStreams(const Array *given) {
  double *draws = given[3].data;
  if (given[1].length != 4 || given[2].length != 2) return false;
  const size_t count = ((const double *)given[2].data)[1], width = count ? given[3].length / count : 0;
  Streams streams = streamsFrom(given);
  for (size_t done = 0; done < count;) {
    Generators generators;
    const size_t lanes = nextGenerators(&streams, count - done, &generators);
    for (size_t i = 0; i < width; i++) {
      Doubles drawn[VECTORS];
      draw(&generators, drawn);
      for (size_t lane = 0; lane < lanes; lane++) draws[lane * width + i] = ((const double *)drawn)[lane];
    }
    draws += lanes * width;
    done += lanes;
  }
  return true;
}

/** States whose numbers are put side by side, so that they fill vectors. */
enum { SIDE_BY_SIDE = 16 };

bool logsOf(const Array *given) {
  const double *values = given[0].data;
  double *results = given[1].data;
  const size_t count = given[0].length;
  if (given[1].length < 3 * count) return false;
  for (size_t i = 0; i < count; i += 4) {
    Doubles x;
    for (size_t j = 0; j < 4; j++) x[j] = i + j < count ? values[i + j] : 1;
    const Doubles found[3] = {logs(x), binaryLogs(x), decimalLogs(x)};
    for (int l = 0; l < 3; l++) memcpy(results + l * count + i, &found[l], 8 * (count - i < 4 ? count - i : 4));
  }
  return true;
}

/** Gains whose logarithms are taken at a time; one state may have a million. */
enum { GAINS = 256 };

bool convertDraws(const Array *given) {
  const double *draws = given[0].data, *ranges = given[1].data;
  const double *leastBytes = given[2].data, *spanBytes = given[3].data, *leastWork = given[4].data, *spanWork = given[5].data;
  float *dataBytes = given[6].data, *cyclesPerByte = given[7].data, *gains = given[10].data, *wiredDelayS = given[11].data;
  uint16_t *subcarriers = given[8].data, *cores = given[9].data;
  const size_t count = given[11].length;
  if (count == 0) return true;
  const size_t links = given[2].length, subTasks = given[4].length, width = given[0].length / count;
  const size_t gainsEach = given[10].length / count;
  if (given[1].length != 6 || given[3].length != links || given[5].length != subTasks) return false;
  if (given[6].length != count * links || given[7].length != count * subTasks) return false;
  if (given[8].length != count * subTasks || given[9].length != count * subTasks) return false;
  if (width < links + 3 * subTasks + gainsEach + 1) return false;
  for (size_t k = 0; k < count; k++, draws += width) {
    const double *from = draws;
    for (size_t i = 0; i < links; i++) *dataBytes++ = leastBytes[i] + from[i] * spanBytes[i];
    from += links;
    for (size_t i = 0; i < subTasks; i++) *cyclesPerByte++ = leastWork[i] + from[i] * spanWork[i];
    from += subTasks;
    for (size_t i = 0; i < subTasks; i++) *subcarriers++ = (int)(ranges[0] + floor(from[i] * ranges[1]));
    from += subTasks;
    for (size_t i = 0; i < subTasks; i++) *cores++ = (int)(ranges[2] + floor(from[i] * ranges[3]));
    *wiredDelayS++ = ranges[4] + draws[width - 1] * ranges[5];
  }
  const double *from = (const double *)given[0].data + links + 3 * subTasks;
  double values[GAINS];
  float found[GAINS];
  for (size_t done = 0, column = 0; done < count * gainsEach; done += GAINS) {
    const size_t some = count * gainsEach - done < GAINS ? count * gainsEach - done : GAINS;
    for (size_t i = some; i < GAINS; i++) values[i] = 1;
    for (size_t i = 0; i < some; i++) {
      values[i] = from[column++] + 0x1p-33;
      if (column == gainsEach) {
        column = 0;
        from += width;
      }
    }
    for (size_t i = 0; i < some; i += 4) logFloats(*(const Doubles *)(values + i), found + i);
    for (size_t i = 0; i < some; i++) *gains++ = -found[i];
  }
  return true;
}

/** What flatRates of src/mec/states.ts makes of gains and granted subcarriers. */
INLINE Doubles flatRate(const double about[3], Doubles subcarriers, Doubles gains) {
  const Doubles efficiency = binaryLogs(1 + about[0] * gains);
  return subcarriers * about[1] * larger(efficiency, everywhere(about[2]));
}

bool flatRates(const Array *given) {
  const double *about = given[0].data;
  const uint16_t *subcarriers = given[1].data;
  const float *gains = given[2].data;
  double *rates = given[3].data;
  if (given[0].length != 3 || given[1].length != given[3].length || given[2].length != given[3].length) return false;
  const size_t count = given[3].length;
  for (size_t i = 0; i < count; i += 4) {
    Doubles granted = everywhere(0), gain = everywhere(0);
    for (size_t j = 0; j < 4 && i + j < count; j++) {
      granted[j] = subcarriers[i + j];
      gain[j] = gains[i + j];
    }
    const Doubles found = flatRate(about, granted, gain);
    for (size_t j = 0; j < 4 && i + j < count; j++) rates[i + j] = found[j];
  }
  return true;
}

bool encode(const Array *given) {
  const float *dataBytes = given[0].data, *cyclesPerByte = given[1].data, *wiredDelayS = given[5].data;
  const double *rates = given[2].data;
  const uint16_t *subcarriers = given[3].data, *cores = given[4].data;
  float *features = given[6].data;
  const size_t count = given[5].length;
  if (count == 0) return true;
  const size_t links = given[0].length / count, subTasks = given[1].length / count, spans = links + 2 * subTasks;
  if (given[2].length != count * subTasks || given[3].length != count * subTasks) return false;
  if (given[4].length != count * subTasks || given[6].length != count * (spans + 2 * subTasks + 1)) return false;
  // The stack has room for those of one state, however many they are, but not of several.
  const size_t side = spans > 256 ? 1 : SIDE_BY_SIDE;
  // What is encoded by its logarithm.
  double values[side * spans + 3];
  float found[side * spans + 3];
  for (size_t i = 0; i < side * spans + 3; i++) values[i] = 1;
  for (size_t k = 0; k < count; k += side) {
    const size_t states = count - k < side ? count - k : side;
    double *value = values;
    for (size_t state = 0; state < states; state++) {
      for (size_t i = 0; i < links; i++) *value++ = *dataBytes++;
      for (size_t i = 0; i < subTasks; i++) *value++ = *cyclesPerByte++;
      for (size_t i = 0; i < subTasks; i++) *value++ = *rates++;
    }
    for (size_t i = 0; i < states * spans; i += 4) {
      const Doubles x = *(const Doubles *)(values + i);
      decimalLogFloats(larger(x, everywhere(1)), found + i);
    }
    for (size_t state = 0; state < states; state++) {
      memcpy(features, found + state * spans, 4 * spans);
      features += spans;
      for (size_t i = 0; i < subTasks; i++) *features++ = *subcarriers++;
      for (size_t i = 0; i < subTasks; i++) *features++ = *cores++;
      *features++ = *wiredDelayS++;
    }
  }
  return true;
}

/** Four states side by side; where there are fewer, the last one again, which then is worked out and written more than once. */
typedef struct {
  size_t row[4];
} States;

INLINE States statesFrom(size_t k, size_t count) {
  States states;
  for (int lane = 0; lane < 4; lane++) states.row[lane] = k + lane < count ? k + lane : count - 1;
  return states;
}

/** Column `i` of an array [count x width] at four states. */
#define COLUMN(array, width, i)                                                                     \
  ((Doubles){array[states.row[0] * (width) + (i)], array[states.row[1] * (width) + (i)],            \
             array[states.row[2] * (width) + (i)], array[states.row[3] * (width) + (i)]})

#define PUT_COLUMN(array, width, i, values)                                                         \
  for (int lane = 0; lane < 4; lane++) array[states.row[lane] * (width) + (i)] = (values)[lane]

/** Costs, not negative, rounded to 2^-30. */
INLINE Doubles exact(Doubles values) { return floors(values * 0x1p30 + 0x1.fffffffffffffp-2) * 0x1p-30; }

/** Prices and clocks: see costTables in demonstrations.h. */
typedef struct {
  double deviceHz, coreHz, cloudHz, wiredBitPerS, edgeCores, bandSubcarriers;
  double perSecond, perLocalS, perCloudS, perWiredS, radioPerGrant, radioPerSecond, edgePerGrant, edgePerSecond;
} Prices;

/** Sizes of an application, and for each dependency the sub-tasks that it brings input and whose grant it uses; -1 is the device. */
typedef struct {
  size_t links, subTasks;
  const int32_t *consumers, *grantees;
} Graph;

/** Four states side by side: an element an array of the dependencies or of the sub-tasks. */
typedef struct {
  Doubles *dataBytes, *cyclesPerByte, *subcarriers, *cores, *rates, wiredDelayS;
} Columns;

/** What they cost; execution has three elements a sub-task. */
typedef struct {
  Doubles *execution, *radio, *wired;
} Costs;

INLINE void costsOf(const Prices *prices, Graph graph, Columns of, Costs into) {
  // The bytes that go to the device are added up behind those of the sub-tasks.
  Doubles bytesOf[graph.subTasks + 1], bandShare[graph.subTasks];
  for (size_t task = 0; task < graph.subTasks; task++) {
    bytesOf[task] = everywhere(0);
    bandShare[task] = of.subcarriers[task] / prices->bandSubcarriers;
  }
  for (size_t link = 0; link < graph.links; link++) {
    const int grantee = graph.grantees[link], consumer = graph.consumers[link];
    const Doubles bytes = of.dataBytes[link];
    bytesOf[consumer < 0 ? graph.subTasks : (size_t)consumer] += bytes;
    into.radio[link] =
        exact((prices->perSecond + prices->radioPerSecond * bandShare[grantee]) * (8 * bytes / of.rates[grantee]));
    into.wired[link] = exact(prices->perWiredS * (of.wiredDelayS + 8 * bytes / prices->wiredBitPerS));
  }
  for (size_t task = 0; task < graph.subTasks; task++) {
    const Doubles cycles = of.cyclesPerByte[task] * bytesOf[task], granted = of.cores[task];
    const Doubles coreShare = granted / prices->edgeCores, bandPrice = prices->radioPerGrant * bandShare[task];
    const Doubles edge =
        (prices->perSecond + prices->edgePerSecond * coreShare) * (cycles / (granted * prices->coreHz));
    into.execution[3 * task] = exact(prices->perLocalS * (cycles / prices->deviceHz));
    into.execution[3 * task + 1] = exact(edge + prices->edgePerGrant * coreShare + bandPrice);
    into.execution[3 * task + 2] = exact(prices->perCloudS * (cycles / prices->cloudHz) + bandPrice);
  }
}

bool costTables(const Array *given) {
  const int32_t *consumers = given[1].data, *grantees = given[2].data;
  const float *dataBytes = given[3].data, *cyclesPerByte = given[4].data, *wiredDelayS = given[7].data;
  const uint16_t *subcarriers = given[5].data, *cores = given[6].data;
  const double *rates = given[8].data;
  double *execution = given[9].data, *radio = given[10].data, *wired = given[11].data;
  const size_t count = given[7].length;
  if (count == 0) return true;
  const size_t links = given[1].length, subTasks = given[4].length / count;
  if (8 * given[0].length != sizeof(Prices) || given[2].length != links || given[3].length != count * links) return false;
  if (given[5].length != count * subTasks || given[6].length != count * subTasks) return false;
  if (given[8].length != count * subTasks || given[9].length < 3 * count * subTasks) return false;
  if (given[10].length < count * links || given[11].length < count * links) return false;
  Doubles byLink[3][links], byTask[4][subTasks], executions[3 * subTasks];
  Columns of = {byLink[0], byTask[0], byTask[1], byTask[2], byTask[3]};
  const Costs into = {executions, byLink[1], byLink[2]};
  for (size_t k = 0; k < count; k += 4) {
    const States states = statesFrom(k, count);
    of.wiredDelayS = COLUMN(wiredDelayS, 1, 0);
    for (size_t link = 0; link < links; link++) of.dataBytes[link] = COLUMN(dataBytes, links, link);
    for (size_t task = 0; task < subTasks; task++) {
      of.cyclesPerByte[task] = COLUMN(cyclesPerByte, subTasks, task);
      of.subcarriers[task] = COLUMN(subcarriers, subTasks, task);
      of.cores[task] = COLUMN(cores, subTasks, task);
      of.rates[task] = COLUMN(rates, subTasks, task);
    }
    costsOf(given[0].data, (Graph){links, subTasks, consumers, grantees}, of, into);
    for (size_t link = 0; link < links; link++) {
      PUT_COLUMN(radio, links, link, into.radio[link]);
      PUT_COLUMN(wired, links, link, into.wired[link]);
    }
    for (size_t i = 0; i < 3 * subTasks; i++) PUT_COLUMN(execution, 3 * subTasks, i, executions[i]);
  }
  return true;
}

/** The least of three costs, and its site, the lowest of equal ones. */
INLINE Doubles least(Doubles local, Doubles edge, Doubles cloud, Longs *site) {
  const Longs isEdge = edge < local;
  const Doubles nearer = smaller(edge, local);
  const Longs isCloud = cloud < nearer;
  *site = (isCloud & 2) | (isEdge & ~isCloud & 1);
  return smaller(cloud, nearer);
}

/** A step: a sub-task, and of a leaf its neighbour and the dependency with it, else -1. */
typedef struct {
  int32_t task, neighbour, link;
} Step;

/** The sites [T] that cost four states least, and what they cost; changes `costs`. Of each dependency from or to the device `deviceTasks` has the sub-task, else -1. */
INLINE Doubles optimumOf(const Step *steps, const int32_t *deviceTasks, size_t links, size_t subTasks, Costs costs, Longs *sites) {
  // What each site of a sub-task comes to whatever the others do, and for each step the best site, by that of the neighbour.
  Doubles *alone = costs.execution;
  Longs best[subTasks][3];
  for (size_t link = 0; link < links; link++) {
    const int task = deviceTasks[link];
    if (task < 0) continue;
    alone[3 * task + 1] += costs.radio[link];
    alone[3 * task + 2] += costs.radio[link] + costs.wired[link];
  }
  Doubles total = everywhere(0);
  for (size_t s = 0; s < subTasks; s++) {
    const Doubles *of = alone + 3 * steps[s].task;
    const Doubles local = of[0], edge = of[1], cloud = of[2];
    if (steps[s].neighbour < 0) {
      total += least(local, edge, cloud, &best[s][0]);
      continue;
    }
    const Doubles air = costs.radio[steps[s].link], wire = costs.wired[steps[s].link], both = air + wire;
    Doubles *to = alone + 3 * steps[s].neighbour;
    to[0] += least(local, edge + air, cloud + both, &best[s][0]);
    to[1] += least(local + air, edge, cloud + wire, &best[s][1]);
    to[2] += least(local + both, edge + wire, cloud, &best[s][2]);
  }
  for (size_t s = subTasks; s-- > 0;) {
    Longs site = best[s][0];
    if (steps[s].neighbour >= 0) {
      const Longs beside = sites[steps[s].neighbour];
      site = (best[s][0] & (beside == 0)) | (best[s][1] & (beside == 1)) | (best[s][2] & (beside == 2));
    }
    sites[steps[s].task] = site;
  }
  return total;
}

bool eliminate(const Array *given) {
  const double *execution = given[2].data, *radio = given[3].data, *wired = given[4].data;
  uint8_t *decisions = given[5].data;
  double *totals = given[6].data;
  const size_t count = given[6].length;
  const size_t links = given[1].length, subTasks = given[0].length / 3;
  if (given[2].length < 3 * count * subTasks || given[3].length < count * links) return false;
  if (given[4].length < count * links || given[5].length < count * subTasks) return false;
  Doubles executions[3 * subTasks], byLink[2][links];
  Longs sites[subTasks];
  const Costs costs = {executions, byLink[0], byLink[1]};
  for (size_t k = 0; k < count; k += 4) {
    const States states = statesFrom(k, count);
    for (size_t i = 0; i < 3 * subTasks; i++) costs.execution[i] = COLUMN(execution, 3 * subTasks, i);
    for (size_t link = 0; link < links; link++) {
      costs.radio[link] = COLUMN(radio, links, link);
      costs.wired[link] = COLUMN(wired, links, link);
    }
    const Doubles total = optimumOf(given[0].data, given[1].data, links, subTasks, costs, sites);
    for (size_t task = 0; task < subTasks; task++) PUT_COLUMN(decisions, subTasks, task, sites[task]);
    PUT_COLUMN(totals, 1, 0, total);
  }
  return true;
}

typedef float FourFloats __attribute__((vector_size(16), aligned(4), may_alias));

/** Columns of LANES states; there is room for columns up to a multiple of 8, which are read and left out. */
typedef float Block[LANES];

INLINE size_t blockColumns(size_t columns) { return (columns + 7) / 8 * 8; }

/** Four values, states 4v to 4v + 3 of a column, as the 32-bit floats that they are stored as. */
INLINE Doubles putFloats(Block column, int v, Doubles values) {
  const FourFloats floats = __builtin_convertvector(values, FourFloats);
  *(FourFloats *)(column + 4 * v) = floats;
  return __builtin_convertvector(floats, Doubles);
}

/** Their decimal logarithms, of what is below 1 that of 1. */
INLINE void putDecimalLogs(Block column, int v, Doubles values) {
  decimalLogFloats(larger(values, everywhere(1)), column + 4 * v);
}

/** The first `rows` states of a block as an array [rows x columns]. */
INLINE void putRows(const Block *block, size_t columns, size_t rows, float *to) {
#ifdef __AVX2__
  for (size_t c = 0; c < columns; c += 8) {
    for (size_t first = 0; first < rows; first += 8) {
      __m256 some[8];
      for (int i = 0; i < 8; i++) some[i] = _mm256_loadu_ps(block[c + i] + first);
      transpose8(some);
      for (size_t r = 0; r < 8 && first + r < rows; r++) storeFirst(to + (first + r) * columns + c, some[r], columns - c);
    }
  }
#else
  for (size_t r = 0; r < rows; r++) {
    for (size_t c = 0; c < columns; c++) to[r * columns + c] = block[c][r];
  }
#endif
}

bool demonstrate(const Array *given) {
  const double *ranges = given[3].data, *rateConstants = given[8].data;
  const double *leastBytes = given[4].data, *spanBytes = given[5].data, *leastWork = given[6].data, *spanWork = given[7].data;
  float *dataBytes = given[14].data, *cyclesPerByte = given[15].data, *gains = given[18].data, *wiredDelayS = given[19].data;
  uint16_t *subcarriers = given[16].data, *cores = given[17].data;
  float *features = given[20].data;
  uint8_t *decisions = given[21].data;
  double *totals = given[22].data;
  const size_t links = given[4].length, subTasks = given[6].length, count = given[22].length;
  const Graph graph = {links, subTasks, given[10].data, given[11].data};
  const size_t width = links + 4 * subTasks + 1;
  if (given[1].length != 4 || given[2].length != 2 || ((const double *)given[2].data)[1] != count) return false;
  if (given[3].length != 6 || given[8].length != 3 || 8 * given[9].length != sizeof(Prices)) return false;
  if (given[5].length != links || given[10].length != links || given[11].length != links || given[13].length != links) return false;
  if (given[7].length != subTasks || given[12].length != 3 * subTasks || given[14].length != count * links) return false;
  for (int i = 15; i < 19; i++) if (given[i].length != count * subTasks) return false;
  if (given[19].length != count || given[20].length != count * width || given[21].length != count * subTasks) return false;

  Doubles drawn[width][VECTORS];
  Doubles byLink[3][links], byTask[4][subTasks], executions[3 * subTasks];
  Columns of = {byLink[0], byTask[0], byTask[1], byTask[2], byTask[3]};
  const Costs costs = {executions, byLink[1], byLink[2]};
  Longs sites[subTasks];
  Block bytes[blockColumns(links)], work[blockColumns(subTasks)], gain[blockColumns(subTasks)];
  Block encoded[blockColumns(width)];
  Streams streams = streamsFrom(given);
  for (size_t done = 0, states; done < count; done += states) {
    Generators generators;
    states = nextGenerators(&streams, count - done, &generators);
    for (size_t i = 0; i < width; i++) draw(&generators, drawn[i]);
    for (int v = 0; 4 * (size_t)v < states; v++) {
      const size_t lanes = states - 4 * v < 4 ? states - 4 * v : 4;
      Block *feature = encoded;
      // The draws in the order of sampleStates. Each loop does one step of them all, so that the processor has several at a time under way.
      const Doubles(*from)[VECTORS] = drawn;
      for (size_t link = 0; link < links; link++) {
        of.dataBytes[link] = putFloats(bytes[link], v, leastBytes[link] + (*from++)[v] * spanBytes[link]);
      }
      for (size_t link = 0; link < links; link++) putDecimalLogs(*feature++, v, of.dataBytes[link]);
      for (size_t task = 0; task < subTasks; task++) {
        of.cyclesPerByte[task] = putFloats(work[task], v, leastWork[task] + (*from++)[v] * spanWork[task]);
      }
      for (size_t task = 0; task < subTasks; task++) putDecimalLogs(*feature++, v, of.cyclesPerByte[task]);
      for (size_t task = 0; task < subTasks; task++) of.subcarriers[task] = ranges[0] + floors((*from++)[v] * ranges[1]);
      for (size_t task = 0; task < subTasks; task++) of.cores[task] = ranges[2] + floors((*from++)[v] * ranges[3]);
      for (size_t task = 0; task < subTasks; task++) logFloats((*from++)[v] + 0x1p-33, gain[task] + 4 * v);
      for (size_t task = 0; task < subTasks; task++) {
        FourFloats *kept = (FourFloats *)(gain[task] + 4 * v);
        *kept = -*kept;
        of.rates[task] = flatRate(rateConstants, of.subcarriers[task], __builtin_convertvector(*kept, Doubles));
      }
      for (size_t task = 0; task < subTasks; task++) putDecimalLogs(*feature++, v, of.rates[task]);
      for (size_t task = 0; task < subTasks; task++) putFloats(*feature++, v, of.subcarriers[task]);
      for (size_t task = 0; task < subTasks; task++) putFloats(*feature++, v, of.cores[task]);
      of.wiredDelayS = putFloats(*feature, v, ranges[4] + (*from)[v] * ranges[5]);
      costsOf(given[9].data, graph, of, costs);
      const Doubles total = optimumOf(given[12].data, given[13].data, links, subTasks, costs, sites);
      for (size_t lane = 0; lane < lanes; lane++) {
        *totals++ = total[lane];
        *wiredDelayS++ = of.wiredDelayS[lane];
        for (size_t task = 0; task < subTasks; task++) {
          *subcarriers++ = (int)of.subcarriers[task][lane];
          *cores++ = (int)of.cores[task][lane];
          *decisions++ = sites[task][lane];
        }
      }
    }
    putRows(bytes, links, states, dataBytes);
    putRows(work, subTasks, states, cyclesPerByte);
    putRows(gain, subTasks, states, gains);
    putRows(encoded, width, states, features);
    dataBytes += states * links;
    cyclesPerByte += states * subTasks;
    gains += states * subTasks;
    features += states * width;
  }
  return true;
}
