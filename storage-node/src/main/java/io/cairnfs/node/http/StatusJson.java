package io.cairnfs.node.http;

import io.cairnfs.protocol.admin.message.NodeStatusReply;
import io.cairnfs.protocol.admin.message.PeerStatus;
import io.cairnfs.protocol.admin.message.StoreStatus;
import io.cairnfs.protocol.admin.message.WorkerStatus;
import java.util.LinkedHashMap;
import java.util.Map;

/** A node's status with the field names of {@code cairn node status --json}. */
final class StatusJson {

  private StatusJson() {}

  static String write(NodeStatusReply status) {
    StoreStatus store = status.getStore();
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("id", status.getId());
    fields.put("version", status.getVersion());
    fields.put("uptimeMillis", status.getUptimeMillis());
    fields.put("addresses", status.getAddressList());
    fields.put("zone", status.getZone());
    fields.put("blocks", store.getBlocks());
    fields.put("bytes", store.getBytes());
    fields.put("freeBytes", store.getFreeBytes());
    fields.put("capacityBytes", store.getCapacityBytes());
    fields.put("quarantined", store.getQuarantined());
    fields.put("writable", store.getWritable());
    fields.put("volumes", status.getVolumes());
    fields.put("underReplicated", status.getUnderReplicated());
    fields.put("peers", status.getPeerList().stream().map(StatusJson::fields).toList());
    fields.put("workers", status.getWorkerList().stream().map(StatusJson::fields).toList());
    fields.put("problems", status.getProblemList());
    return Json.write(fields);
  }

  private static Map<String, Object> fields(PeerStatus peer) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("id", peer.getId());
    fields.put("addresses", peer.getAddressList());
    fields.put("alive", peer.getAlive());
    fields.put("zone", peer.getZone());
    fields.put("unconfirmed", peer.getUnconfirmed());
    return fields;
  }

  private static Map<String, Object> fields(WorkerStatus worker) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("name", worker.getName());
    fields.put("state", worker.getState());
    fields.put("detail", worker.getDetail());
    return fields;
  }
}
