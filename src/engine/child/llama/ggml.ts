import type { LibraryHandle } from "koffi";
import { GgmlInitParams } from "./abi";

/** ggml's C functions for graphs of our own: tensors, what is computed of them, and the devices that compute it. */
export function bindGgml(base: LibraryHandle, ggml: LibraryHandle) {
  return {
    ggml_init: base.func("ggml_init", "void *", [GgmlInitParams]),
    ggml_free: base.func("void ggml_free(void *tensors)"),
    ggml_tensor_overhead: base.func("size_t ggml_tensor_overhead()"),
    ggml_graph_overhead: base.func("size_t ggml_graph_overhead()"),
    ggml_get_name: base.func("const char *ggml_get_name(void *tensor)"),
    ggml_nbytes: base.func("size_t ggml_nbytes(void *tensor)"),
    ggml_fp32_to_fp16_row: base.func(
      "void ggml_fp32_to_fp16_row(void *floats, void *halves, int64_t count)",
    ),
    ggml_row_size: base.func("size_t ggml_row_size(int type, int64_t elements)"),
    ggml_new_tensor_1d: base.func("void *ggml_new_tensor_1d(void *tensors, int type, int64_t n0)"),
    ggml_new_tensor_2d: base.func(
      "void *ggml_new_tensor_2d(void *tensors, int type, int64_t n0, int64_t n1)",
    ),
    ggml_mul_mat: base.func("void *ggml_mul_mat(void *tensors, void *a, void *b)"),
    ggml_mul: base.func("void *ggml_mul(void *tensors, void *a, void *b)"),
    ggml_add: base.func("void *ggml_add(void *tensors, void *a, void *b)"),
    ggml_cont: base.func("void *ggml_cont(void *tensors, void *a)"),
    ggml_transpose: base.func("void *ggml_transpose(void *tensors, void *a)"),
    ggml_argmax: base.func("void *ggml_argmax(void *tensors, void *a)"),
    ggml_norm: base.func("void *ggml_norm(void *tensors, void *a, float epsilon)"),
    ggml_rms_norm: base.func("void *ggml_rms_norm(void *tensors, void *a, float epsilon)"),
    ggml_new_graph: base.func("void *ggml_new_graph(void *tensors)"),
    ggml_build_forward_expand: base.func("void ggml_build_forward_expand(void *graph, void *a)"),

    ggml_backend_init_by_type: ggml.func(
      "void *ggml_backend_init_by_type(int type, const char *parameters)",
    ),
    ggml_backend_init_best: ggml.func("void *ggml_backend_init_best()"),
    ggml_backend_free: base.func("void ggml_backend_free(void *backend)"),
    ggml_backend_get_device: base.func("void *ggml_backend_get_device(void *backend)"),
    ggml_backend_dev_backend_reg: base.func("void *ggml_backend_dev_backend_reg(void *device)"),
    ggml_backend_reg_get_proc_address: base.func(
      "void *ggml_backend_reg_get_proc_address(void *registry, const char *name)",
    ),
    ggml_backend_alloc_ctx_tensors: base.func(
      "void *ggml_backend_alloc_ctx_tensors(void *tensors, void *backend)",
    ),
    ggml_backend_buffer_free: base.func("void ggml_backend_buffer_free(void *buffer)"),
    ggml_backend_tensor_set: base.func(
      "void ggml_backend_tensor_set(void *tensor, const void *data, size_t offset, size_t bytes)",
    ),
    ggml_backend_tensor_get: base.func(
      "void ggml_backend_tensor_get(void *tensor, void *data, size_t offset, size_t bytes)",
    ),
    ggml_backend_graph_compute: base.func(
      "int ggml_backend_graph_compute(void *backend, void *graph)",
    ),
  } as const;
}
