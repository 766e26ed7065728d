/**
 * @file The form of a graph for ONNX Runtime's CUDA provider. Operators that it may lack a kernel for are decomposed
 * into operators that it has had for many releases.
 */
import { decompositions } from "../../ops/decompositions.ts";
import { engineForm } from "./encoders.ts";
import type { Form } from "./encoding.ts";

const { normalCdf, scaleRowsAdd } = decompositions;

/** For the CUDA device of onnxruntime-node. */
export const cudaForm: Form = { ...engineForm, decompositions: { normalCdf, scaleRowsAdd } };
