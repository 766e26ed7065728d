/** @file What keeps an engine from using a device, in words for the user. */

/** A device that was asked for is not there, or not usable. Message: expected, found, what to do. */
export class DeviceError extends Error {
  override readonly name = "DeviceError";
}
