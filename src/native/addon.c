/** The kernels as a Node-API module. Each function is given the memory that the places of its table count from, as a typed array. */
#include "demonstrations.h"
#include "kernels.h"
#include "logarithms.h"
#include <node_api.h>

#ifdef __x86_64__
// For what must run where there is no AVX2.
#define WITHOUT_AVX __attribute__((target("no-avx")))
#else
#define WITHOUT_AVX
#endif

#ifdef __AVX2__
uint8_t orders[256][8];
double points[256][2];

/** When the add-on is loaded, once for all threads. */
__attribute__((constructor)) WITHOUT_AVX static void makeTables(void) {
  for (int set = 0; set < 256; set++) {
    int kept = 0;
    for (int lane = 0; lane < 8; lane++) {
      if (set >> lane & 1) orders[set][kept++] = lane;
    }
  }
  for (int point = 0; point < 256; point++) {
    points[point][0] = 1 / (1 + (point + 0.5) / 256);
    points[point][1] = -log10(points[point][0]);
  }
}
#endif

/** The elements of a typed array. */
static Array arrayOf(napi_env env, napi_value value) {
  void *data = NULL;
  size_t length = 0;
  if (napi_get_typedarray_info(env, value, NULL, &length, &data, NULL, NULL) != napi_ok) return (Array){NULL, 0};
  return (Array){data, length};
}

static uint32_t number(napi_env env, napi_value value) {
  uint32_t number = 0;
  napi_get_value_uint32(env, value, &number);
  return number;
}

/** part(memory, table, job, part, thread) */
static napi_value callPart(napi_env env, napi_callback_info info) {
  napi_value given[5];
  size_t count = 5;
  napi_get_cb_info(env, info, &count, given, NULL, NULL);
  char *memory = arrayOf(env, given[0]).data;
  doPart(memory, (Learner *)(memory + number(env, given[1])), number(env, given[2]), number(env, given[3]),
         number(env, given[4]));
  return NULL;
}

/** transpose(memory, table) */
static napi_value callTranspose(napi_env env, napi_callback_info info) {
  napi_value given[2];
  size_t count = 2;
  napi_get_cb_info(env, info, &count, given, NULL, NULL);
  char *memory = arrayOf(env, given[0]).data;
  transpose(memory, (Learner *)(memory + number(env, given[1])));
  return NULL;
}

/** forward(memory, table, features, sums, rows), also quantised */
static napi_value callForward(napi_env env, napi_callback_info info) {
  napi_value given[5];
  size_t count = 5;
  void *way;
  napi_get_cb_info(env, info, &count, given, NULL, &way);
  char *memory = arrayOf(env, given[0]).data;
  const Inference *network = (Inference *)(memory + number(env, given[1]));
  const Array features = arrayOf(env, given[2]), sums = arrayOf(env, given[3]);
  const size_t rows = number(env, given[4]);
  if (features.length < rows * network->inputs || sums.length < rows * network->units) {
    napi_throw_range_error(env, NULL, "there are fewer features or sums than rows need");
    return NULL;
  }
  (way ? quantisedForward : forward)(memory, network, (float *)features.data, (float *)sums.data, rows);
  return NULL;
}

/** Most arrays that a kernel is given. */
enum { ARRAYS = 24 };

/** A kernel that is given arrays alone, and their types: d and f of 64 and 32 bits, i, H and B of 32, 16 and 8. */
typedef struct {
  bool (*run)(const Array *given);
  const char *types;
} Kernel;

static char typeOf(napi_typedarray_type type) {
  switch (type) {
  case napi_float64_array: return 'd';
  case napi_float32_array: return 'f';
  case napi_int32_array: return 'i';
  case napi_uint16_array: return 'H';
  case napi_uint8_array: return 'B';
  default: return '?';
  }
}

static napi_value callOnArrays(napi_env env, napi_callback_info info) {
  napi_value given[ARRAYS];
  size_t count = ARRAYS;
  void *data;
  napi_get_cb_info(env, info, &count, given, NULL, &data);
  const Kernel *kernel = data;
  Array arrays[ARRAYS];
  bool fit = count == strlen(kernel->types);
  for (size_t i = 0; fit && i < count; i++) {
    napi_typedarray_type type;
    fit = napi_get_typedarray_info(env, given[i], &type, &arrays[i].length, &arrays[i].data, NULL, NULL) == napi_ok &&
          typeOf(type) == kernel->types[i];
  }
  // Nothing may be read or written beyond the arrays, whatever is given.
  if (!fit || !kernel->run(arrays)) napi_throw_range_error(env, NULL, "the arrays are not those of one batch of states");
  return NULL;
}

static const struct {
  const char *name;
  Kernel kernel;
} KERNELS[] = {
    {"drawStreams", {drawStreams, "Hddd"}},
    {"logsOf", {logsOf, "dd"}},
    {"convertDraws", {convertDraws, "ddddddffHHff"}},
    {"flatRates", {flatRates, "dHfd"}},
    {"costTables", {costTables, "diiffHHfdddd"}},
    {"eliminate", {eliminate, "iidddBd"}},
    {"encode", {encode, "ffdHHff"}},
    {"demonstrate", {demonstrate, "HdddddddddiiiiffHHfffBd"}},
};

WITHOUT_AVX static bool runsHere(void) {
#ifdef __x86_64__
  return __builtin_cpu_supports("avx2");
#else
  return true;
#endif
}

NAPI_MODULE_INIT() {
  if (!runsHere()) {
    napi_throw_error(env, NULL, "this processor has no AVX2");
    return NULL;
  }
  const napi_property_descriptor functions[] = {
      {.utf8name = "part", .method = callPart, .attributes = napi_enumerable},
      {.utf8name = "transpose", .method = callTranspose, .attributes = napi_enumerable},
      {.utf8name = "forward", .method = callForward, .attributes = napi_enumerable},
      {.utf8name = "quantisedForward", .method = callForward, .attributes = napi_enumerable, .data = exports},
  };
  napi_define_properties(env, exports, sizeof functions / sizeof *functions, functions);
  for (size_t i = 0; i < sizeof KERNELS / sizeof *KERNELS; i++) {
    napi_value function;
    napi_create_function(env, KERNELS[i].name, NAPI_AUTO_LENGTH, callOnArrays, (void *)&KERNELS[i].kernel, &function);
    napi_set_named_property(env, exports, KERNELS[i].name, function);
  }
  return exports;
}
