/**
 * @file The metadata of an ONNX file (`metadata_props` of ModelProto). Nothing else of the file is decoded, because a
 * decoded model takes many times its size in memory.
 */
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { reasonOf } from "@mvt/common";
import { ModelProtoSchema, StringStringEntryProtoSchema } from "../backends/onnx/schema/onnx_pb.js";
import { refuserOf } from "../weights/error.ts";

/** Field of ModelProto. */
const metadataProps = 14;

/** The model with more metadata. In protobuf, further entries of a field may follow at the end of a message. */
export function withMetadata(
  model: Uint8Array,
  metadata: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  const entries = Object.entries(metadata).map(([key, value]) =>
    create(StringStringEntryProtoSchema, { key, value }),
  );
  const added = toBinary(ModelProtoSchema, create(ModelProtoSchema, { metadataProps: entries }));
  const bytes = new Uint8Array(model.length + added.length);
  bytes.set(model);
  bytes.set(added, model.length);
  return bytes;
}

/** All entries. Throws WeightsError if the bytes are not an ONNX model; `source` names them in the error. */
export function readMetadata(bytes: Uint8Array, source: string): Readonly<Record<string, string>> {
  const metadata: Record<string, string> = {};
  try {
    const reader = new BinaryReader(bytes);
    while (reader.pos < reader.len) {
      const [field, type] = reader.tag();
      if (field === metadataProps && type === WireType.LengthDelimited) {
        const { key, value } = fromBinary(StringStringEntryProtoSchema, reader.bytes());
        metadata[key] = value;
      } else {
        reader.skip(type, field);
      }
    }
  } catch (error) {
    refuserOf(source)("an ONNX model", `something else or a part of one (${reasonOf(error)})`);
  }
  return metadata;
}
