/** @file The error for a device that cannot be used. */
import { UserError } from "@mvt/common";

/** A device was asked for that this machine does not have, or that ONNX Runtime cannot use. */
export class DeviceError extends UserError {
  override readonly name = "DeviceError";
}
