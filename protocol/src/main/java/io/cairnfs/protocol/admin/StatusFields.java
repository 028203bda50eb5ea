package io.cairnfs.protocol.admin;

import io.cairnfs.protocol.admin.message.NodeStatusReply;
import io.cairnfs.protocol.admin.message.PeerStatus;
import io.cairnfs.protocol.admin.message.ScrubPass;
import io.cairnfs.protocol.admin.message.ScrubStatus;
import io.cairnfs.protocol.admin.message.StoreStatus;
import io.cairnfs.protocol.admin.message.WorkerStatus;
import java.util.LinkedHashMap;
import java.util.Map;

/** A node's status as named fields, as HTTP and {@code --json} show it. */
public final class StatusFields {

  private StatusFields() {}

  /** Strings, numbers, truths, lists and maps of these, in the order in which they are shown. */
  public static Map<String, Object> of(NodeStatusReply status) {
    StoreStatus store = status.getStore();
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("id", status.getId());
    fields.put("version", status.getVersion());
    fields.put("uptimeMillis", status.getUptimeMillis());
    fields.put("addresses", status.getAddressList());
    fields.put("zone", status.getZone());
    fields.put("state", status.getState());
    fields.put("blocks", store.getBlocks());
    fields.put("bytes", store.getBytes());
    fields.put("garbageBlocks", store.getGarbageBlocks());
    fields.put("garbageBytes", store.getGarbageBytes());
    fields.put("freeBytes", store.getFreeBytes());
    fields.put("capacityBytes", store.getCapacityBytes());
    fields.put("quarantined", store.getQuarantined());
    fields.put("writable", store.getWritable());
    fields.put("volumes", status.getVolumes());
    fields.put("underReplicated", status.getUnderReplicated());
    if (status.hasUnderReplicatedEtaSeconds()) {
      fields.put("underReplicatedEtaSeconds", status.getUnderReplicatedEtaSeconds());
    }
    if (status.hasScrub()) {
      fields.put("scrub", of(status.getScrub()));
    }
    fields.put("peers", status.getPeerList().stream().map(StatusFields::of).toList());
    fields.put("workers", status.getWorkerList().stream().map(StatusFields::of).toList());
    fields.put("problems", status.getProblemList());
    return fields;
  }

  private static Map<String, Object> of(ScrubStatus scrub) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("periodSeconds", scrub.getPeriodSeconds());
    fields.put("running", scrub.getRunning());
    fields.put("positionPercent", scrub.getPositionPercent());
    fields.put("pass", of(scrub.getPass()));
    if (scrub.hasComplete()) {
      fields.put("complete", of(scrub.getComplete()));
      fields.put("completeMillis", scrub.getCompleteMillis());
    }
    return fields;
  }

  private static Map<String, Object> of(ScrubPass pass) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("startedMillis", pass.getStartedMillis());
    fields.put("blocks", pass.getBlocks());
    fields.put("bytes", pass.getBytes());
    fields.put("damaged", pass.getDamaged());
    return fields;
  }

  private static Map<String, Object> of(PeerStatus peer) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("id", peer.getId());
    fields.put("addresses", peer.getAddressList());
    fields.put("alive", peer.getAlive());
    fields.put("zone", peer.getZone());
    fields.put("state", peer.getState());
    fields.put("unconfirmed", peer.getUnconfirmed());
    return fields;
  }

  /** A worker by itself. */
  public static Map<String, Object> of(WorkerStatus worker) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("name", worker.getName());
    fields.put("state", worker.getState());
    fields.put("detail", worker.getDetail());
    if (!worker.getUnit().isEmpty()) {
      fields.put("unit", worker.getUnit());
      fields.put("done", worker.getDone());
      fields.put("left", worker.getLeft());
      fields.put("perSecond", worker.getPerSecond());
    }
    if (worker.hasEtaSeconds()) {
      fields.put("etaSeconds", worker.getEtaSeconds());
    }
    if (worker.hasThrottleBytes()) {
      fields.put("throttleBytesPerSecond", worker.getThrottleBytes());
      fields.put("throttleOrdered", worker.getThrottleOrdered());
      fields.put("movedBytes", worker.getMovedBytes());
    }
    fields.put("runs", worker.getRuns());
    fields.put("failures", worker.getFailures());
    fields.put("lastError", worker.getLastError());
    fields.put("lastErrorMillisAgo", worker.getLastErrorMillisAgo());
    return fields;
  }
}
