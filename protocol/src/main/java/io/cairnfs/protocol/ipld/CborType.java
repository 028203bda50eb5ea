package io.cairnfs.protocol.ipld;

/** The kinds of DAG-CBOR items. */
public enum CborType {
  INTEGER,
  BYTES,
  TEXT,
  ARRAY,
  MAP,
  LINK,
  BOOLEAN,
  NULL,
  FLOAT
}
