import type { LibraryHandle } from "koffi";
import { GgmlInitParams } from "./abi";

/** ggml's C functions for graphs of our own: tensors, what is computed of them, and the devices that compute it. */
export function bindGgml(base: LibraryHandle, ggml: LibraryHandle) {
  return {
    ggml_init: base.func("ggml_init", "void *", [GgmlInitParams]),
    ggml_free: base.func("void ggml_free(void *tensors)"),
    ggml_tensor_overhead: base.func("size_t ggml_tensor_overhead()"),
    ggml_graph_overhead: base.func("size_t ggml_graph_overhead()"),
    ggml_graph_overhead_custom: base.func(
      "size_t ggml_graph_overhead_custom(size_t nodes, bool gradients)",
    ),
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
    ggml_set_name: base.func("void *ggml_set_name(void *tensor, const char *name)"),
    ggml_set_param: base.func("void ggml_set_param(void *tensor)"),
    ggml_set_loss: base.func("void ggml_set_loss(void *tensor)"),
    ggml_set_output: base.func("void ggml_set_output(void *tensor)"),
    ggml_scale: base.func("void *ggml_scale(void *tensors, void *a, float factor)"),
    ggml_get_rows: base.func("void *ggml_get_rows(void *tensors, void *a, void *rows)"),
    ggml_reshape_2d: base.func(
      "void *ggml_reshape_2d(void *tensors, void *a, int64_t n0, int64_t n1)",
    ),
    ggml_reshape_3d: base.func(
      "void *ggml_reshape_3d(void *tensors, void *a, int64_t n0, int64_t n1, int64_t n2)",
    ),
    ggml_permute: base.func(
      "void *ggml_permute(void *tensors, void *a, int axis0, int axis1, int axis2, int axis3)",
    ),
    ggml_cast: base.func("void *ggml_cast(void *tensors, void *a, int type)"),
    ggml_rope_ext: base.func(
      "void *ggml_rope_ext(void *tensors, void *a, void *positions, void *factors, int dimensions, int mode, int trained_context, float base, float scale, float extension, float attention, float beta_fast, float beta_slow)",
    ),
    ggml_soft_max_ext: base.func(
      "void *ggml_soft_max_ext(void *tensors, void *a, void *mask, float scale, float max_bias)",
    ),
    ggml_soft_max: base.func("void *ggml_soft_max(void *tensors, void *a)"),
    ggml_sum_rows: base.func("void *ggml_sum_rows(void *tensors, void *a)"),
    ggml_swiglu_split: base.func("void *ggml_swiglu_split(void *tensors, void *a, void *b)"),
    ggml_cross_entropy_loss: base.func(
      "void *ggml_cross_entropy_loss(void *tensors, void *logits, void *labels)",
    ),
    ggml_opt_step_adamw: base.func(
      "void *ggml_opt_step_adamw(void *tensors, void *a, void *gradient, void *m, void *v, void *parameters)",
    ),
    ggml_build_backward_expand: base.func(
      "void ggml_build_backward_expand(void *tensors, void *graph, void *accumulators)",
    ),
    ggml_new_graph: base.func("void *ggml_new_graph(void *tensors)"),
    ggml_new_graph_custom: base.func(
      "void *ggml_new_graph_custom(void *tensors, size_t nodes, bool gradients)",
    ),
    ggml_graph_n_nodes: base.func("int ggml_graph_n_nodes(void *graph)"),
    ggml_graph_node: base.func("void *ggml_graph_node(void *graph, int node)"),
    ggml_build_forward_expand: base.func("void ggml_build_forward_expand(void *graph, void *a)"),

    ggml_gallocr_new: base.func("void *ggml_gallocr_new(void *buffer_type)"),
    ggml_gallocr_free: base.func("void ggml_gallocr_free(void *allocator)"),
    ggml_gallocr_reserve_n_size: base.func(
      "void ggml_gallocr_reserve_n_size(void *allocator, void *graph, const void *nodes, const void *leafs, void *sizes)",
    ),
    ggml_gallocr_reserve: base.func("bool ggml_gallocr_reserve(void *allocator, void *graph)"),
    ggml_gallocr_alloc_graph: base.func(
      "bool ggml_gallocr_alloc_graph(void *allocator, void *graph)",
    ),

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
    ggml_backend_get_default_buffer_type: base.func(
      "void *ggml_backend_get_default_buffer_type(void *backend)",
    ),
    ggml_backend_supports_op: base.func(
      "bool ggml_backend_supports_op(void *backend, void *tensor)",
    ),
    ggml_backend_alloc_ctx_tensors_from_buft_size: base.func(
      "size_t ggml_backend_alloc_ctx_tensors_from_buft_size(void *tensors, void *buffer_type)",
    ),
    ggml_backend_buffer_clear: base.func(
      "void ggml_backend_buffer_clear(void *buffer, uint8_t value)",
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
