package io.cairnfs.node.head;

import io.cairnfs.node.head.machine.HeadMachine;
import io.cairnfs.protocol.head.HeadMessages;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.head.message.Command;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/** The listeners of an engine. Thread-safe. */
public final class Listeners {

  private final List<HeadEngine.Listener> listeners = new CopyOnWriteArrayList<>();

  public void add(HeadEngine.Listener listener) {
    listeners.add(listener);
  }

  /** Tells of the volumes that applied commands are about. */
  public void applied(List<Command> commands) {
    if (listeners.isEmpty()) {
      return;
    }
    Set<VolumeId> volumes = new HashSet<>();
    for (Command command : commands) {
      HeadMachine.volumeOf(command)
          .ifPresent(volume -> volumes.add(HeadMessages.decodeVolume(volume)));
    }
    if (!volumes.isEmpty()) {
      listeners.forEach(listener -> listener.applied(volumes));
    }
  }

  public void leads(boolean now) {
    listeners.forEach(listener -> listener.leads(now));
  }
}
