package io.cairnfs.client.vfs;

import io.cairnfs.client.block.BlockClient;
import io.cairnfs.client.clock.BootTimeClock;
import io.cairnfs.client.content.Content;
import io.cairnfs.client.content.ContentSettings;
import io.cairnfs.client.fsck.CleanVolume;
import io.cairnfs.client.namespace.NamespaceOpener;
import io.cairnfs.client.namespace.NamespaceOptions;
import io.cairnfs.client.testing.MemoryHead;
import io.cairnfs.client.testing.MemoryNodes;
import io.cairnfs.protocol.head.VolumeId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Two mounts of one volume, without a kernel, for tests of what one does to the other. */
final class TwoMounts {

  static final int ROOT = 1;
  static final OpenFlags READ_WRITE =
      new OpenFlags(true, true, false, false, false, false, false, false);

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final MemoryHead head = new MemoryHead();
  private final VolumeId volume = head.found(1);
  private final MemoryNodes nodes = new MemoryNodes(1);
  private final BlockClient blocks = nodes.client(1);
  private final MountedVolume one = mount();
  private final MountedVolume other = mount();

  TwoMounts() throws IOException, InterruptedException {}

  private MountedVolume mount() throws IOException, InterruptedException {
    NamespaceOpener opener = new NamespaceOpener(head, blocks, new BootTimeClock());
    FileSystemStatus status = new FileSystemStatus(4096, 1, 1, 1, 1, 1);
    return MountedVolume.open(
        onDeath ->
            opener.open(
                NamespaceOptions.of(volume, "test"), (reason, lost) -> onDeath.accept("dead")),
        new Content(blocks, ContentSettings.defaults(TIMEOUT)),
        usage -> status,
        TIMEOUT);
  }

  Vfs here() {
    return one.vfs();
  }

  Vfs there() {
    return other.vfs();
  }

  /** Unmounts the other one. */
  void leave() throws Exception {
    other.close();
  }

  static byte[] name(String name) {
    return name.getBytes(StandardCharsets.UTF_8);
  }

  /** Unmounts both, and checks that the volume is whole. */
  void close() throws Exception {
    other.close();
    one.close();
    CleanVolume.check(head, volume, nodes);
  }
}
