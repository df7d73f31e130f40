/** The kernels as a Node-API module. Each function is given the memory that the places of its table count from, as a typed array. */
#include "kernels.h"
#include "vectors.h"
#include <node_api.h>

#ifdef __x86_64__
// For what must run where there is no AVX2.
#define WITHOUT_AVX __attribute__((target("no-avx")))
#else
#define WITHOUT_AVX
#endif

#ifdef __AVX2__
uint8_t orders[256][8];

/** When the add-on is loaded, once for all threads. */
__attribute__((constructor)) WITHOUT_AVX static void makeOrders(void) {
  for (int set = 0; set < 256; set++) {
    int kept = 0;
    for (int lane = 0; lane < 8; lane++) {
      if (set >> lane & 1) orders[set][kept++] = lane;
    }
  }
}
#endif

typedef struct {
  char *data;
  size_t length;
} Array;

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

/** share(memory, table, job, thread) */
static napi_value callShare(napi_env env, napi_callback_info info) {
  napi_value given[4];
  size_t count = 4;
  napi_get_cb_info(env, info, &count, given, NULL, NULL);
  char *memory = arrayOf(env, given[0]).data;
  share(memory, (Learner *)(memory + number(env, given[1])), number(env, given[2]), number(env, given[3]));
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
      {.utf8name = "share", .method = callShare, .attributes = napi_enumerable},
      {.utf8name = "transpose", .method = callTranspose, .attributes = napi_enumerable},
      {.utf8name = "forward", .method = callForward, .attributes = napi_enumerable},
      {.utf8name = "quantisedForward", .method = callForward, .attributes = napi_enumerable, .data = exports},
  };
  napi_define_properties(env, exports, 4, functions);
  return exports;
}
