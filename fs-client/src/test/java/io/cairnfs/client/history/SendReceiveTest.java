package io.cairnfs.client.history;

import static io.cairnfs.client.history.HistoryFixture.ROOT;
import static io.cairnfs.client.history.HistoryFixture.bytes;
import static io.cairnfs.client.history.HistoryFixture.directory;
import static io.cairnfs.client.history.HistoryFixture.file;
import static io.cairnfs.client.history.HistoryFixture.listing;
import static io.cairnfs.client.history.HistoryFixture.lookup;
import static io.cairnfs.client.history.HistoryFixture.overwrite;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.client.car.CarReader;
import io.cairnfs.client.vfs.Caller;
import io.cairnfs.client.vfs.OpenFlags;
import io.cairnfs.client.vfs.Vfs;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.cid.Varint;
import io.cairnfs.protocol.head.Snapshot;
import io.cairnfs.protocol.head.VolumeId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Snapshots carried from one place to another as CAR files. */
final class SendReceiveTest {

  private HistoryFixture here;
  private HistoryFixture there;

  @BeforeEach
  void open() throws Exception {
    here = new HistoryFixture();
    there = new HistoryFixture();
  }

  @AfterEach
  void close() {
    here.close();
    there.close();
  }

  private static byte[] random(int length, long seed) {
    byte[] data = new byte[length];
    new Random(seed).nextBytes(data);
    return data;
  }

  private void fill() throws Exception {
    here.mounted(
        vfs -> {
          long inner = directory(vfs, ROOT, "inner");
          file(vfs, inner, "large", random(3 << 20, 1));
          for (int i = 0; i < 300; i++) {
            file(vfs, inner, "small" + i, random(2000, i));
          }
          vfs.setXattr(Caller.ROOT, inner, "user.x", bytes("y"), Vfs.XattrMode.ANY, false);
          vfs.syncAll();
          here.history.create("one");
        });
  }

  private byte[] send(String name, @Nullable String from) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Snapshot base = from == null ? null : here.history.pinned(from);
    new SnapshotSender(here.trees(), here.blocks).send(here.history.pinned(name), base, out);
    return out.toByteArray();
  }

  private VolumeId receiveNew(byte[] stream) throws Exception {
    SnapshotReceiver receiver = SnapshotReceiver.open(new ByteArrayInputStream(stream));
    receiver.store(there.blocks, there.trees());
    VolumeId volume = there.found(receiver.origin());
    there.snapshots.create(volume, receiver.copy(receiver.name()), HistoryFixture.TIMEOUT);
    return volume;
  }

  private static Set<Cid> cids(byte[] stream) throws IOException {
    CarReader reader = new CarReader(new ByteArrayInputStream(stream));
    Set<Cid> cids = new HashSet<>();
    for (Block block = reader.next(); block != null; block = reader.next()) {
      assertTrue(cids.add(block.cid()), "sent twice: " + block.cid());
    }
    return cids;
  }

  @Test
  void aVolumeIsTheSameElsewhere() throws Exception {
    fill();
    VolumeId copy = receiveNew(send("one", null));
    Snapshot sent = here.history.pinned("one");
    Snapshot received = there.history(copy).find("one");
    assertEquals(sent.root(), received.root());
    assertEquals(sent.created(), received.created());
    assertEquals(sent.usage(), received.usage());
    assertEquals(here.listing(sent), there.listing(received));
    there.mounted(copy, vfs -> assertEquals(here.listing(sent), listing(vfs)));
  }

  @Test
  void onlyWhatIsLackingIsSentAgain() throws Exception {
    fill();
    byte[] full = send("one", null);
    here.mounted(
        vfs -> {
          long inner = lookup(vfs, ROOT, "inner");
          overwrite(vfs, lookup(vfs, inner, "small7"), 100, bytes("changed"));
          long from =
              vfs.open(
                      Caller.ROOT,
                      lookup(vfs, inner, "large"),
                      new OpenFlags(true, false, false, false, false, false, false, false))
                  .handle();
          long to =
              vfs.create(
                      Caller.ROOT,
                      ROOT,
                      bytes("copy"),
                      0100644,
                      022,
                      new OpenFlags(true, true, false, false, false, false, false, false))
                  .opened()
                  .handle();
          vfs.copyRange(Caller.ROOT, from, 0, to, 0, 3 << 20);
          vfs.release(from, 0);
          vfs.release(to, 0);
          vfs.syncAll();
          here.history.create("two");
        });
    byte[] delta = send("two", "one");
    assertTrue(delta.length < full.length / 10, delta.length + " of " + full.length);
    Set<Cid> again = cids(delta);
    again.retainAll(cids(full));
    assertEquals(Set.of(), again, "blocks that the other side has are not sent");

    VolumeId copy = receiveNew(full);
    SnapshotReceiver receiver = SnapshotReceiver.open(new ByteArrayInputStream(delta));
    assertEquals(there.history(copy).find("one").root(), receiver.base());
    receiver.store(there.blocks, there.trees());
    there
        .history(copy)
        .advance(
            Objects.requireNonNull(receiver.base()),
            receiver.origin(),
            receiver.copy("two"),
            false);
    Snapshot sent = here.history.pinned("two");
    assertEquals(here.listing(sent), there.listing(there.history(copy).find("two")));
    there.mounted(copy, vfs -> assertEquals(here.listing(sent), listing(vfs)));
  }

  @Test
  void aVolumeThatChangedIsNotOverwrittenUnasked() throws Exception {
    fill();
    VolumeId copy = receiveNew(send("one", null));
    there.mounted(copy, vfs -> file(vfs, ROOT, "of its own", bytes("x")));
    here.mounted(vfs -> file(vfs, ROOT, "more", bytes("more")));
    here.history.create("two");
    SnapshotReceiver receiver = SnapshotReceiver.open(new ByteArrayInputStream(send("two", "one")));
    receiver.store(there.blocks, there.trees());
    VolumeHistory history = there.history(copy);
    Cid base = Objects.requireNonNull(receiver.base());
    assertThrows(
        HistoryException.class,
        () -> history.advance(base, receiver.origin(), receiver.copy("two"), false));
    history.advance(base, receiver.origin(), receiver.copy("two"), true);
    there.mounted(
        copy, vfs -> assertEquals(here.listing(here.history.pinned("two")), listing(vfs)));
    Snapshot before =
        history.list().snapshots().stream()
            .filter(one -> one.name().startsWith("before-receive-"))
            .findFirst()
            .orElseThrow();
    assertTrue(there.listing(before).containsKey("/of its own"));
  }

  @Test
  void aStreamThatIsCutOrDamagedIsRefused() throws Exception {
    fill();
    byte[] full = send("one", null);
    Random random = new Random(42);
    for (int i = 0; i < 30; i++) {
      byte[] cut = Arrays.copyOf(full, random.nextInt(full.length));
      assertThrows(IOException.class, () -> receiveElsewhere(cut), "cut at " + cut.length);
      byte[] damaged = full.clone();
      damaged[random.nextInt(full.length)] ^= (byte) (1 << random.nextInt(8));
      assertThrows(IOException.class, () -> receiveElsewhere(damaged), "damage " + i);
    }
    // Cut between two blocks: the format itself does not tell.
    CarReader reader = new CarReader(new ByteArrayInputStream(full));
    Block last = null;
    for (Block block = reader.next(); block != null; block = reader.next()) {
      last = block;
    }
    Block cutOff = Objects.requireNonNull(last);
    int length = cutOff.cid().encodedLength() + cutOff.bytes().length;
    byte[] cut = Arrays.copyOf(full, full.length - length - varintLength(length));
    assertThrows(HistoryException.class, () -> receiveElsewhere(cut));
    receiveElsewhere(full);
  }

  private static int varintLength(int value) {
    return Varint.length(value);
  }

  private static void receiveElsewhere(byte[] stream) throws Exception {
    try (HistoryFixture elsewhere = new HistoryFixture()) {
      SnapshotReceiver receiver = SnapshotReceiver.open(new ByteArrayInputStream(stream));
      receiver.store(elsewhere.blocks, elsewhere.trees());
    }
  }

  @Test
  void aDeltaWithoutItsBaseIsRefused() throws Exception {
    fill();
    here.mounted(vfs -> file(vfs, ROOT, "more", bytes("more")));
    here.history.create("two");
    byte[] delta = send("two", "one");
    assertThrows(IOException.class, () -> receiveElsewhere(delta));
  }

  @Test
  void anyIpldToolFindsTheTreeFromTheRoot() throws Exception {
    fill();
    CarReader reader = new CarReader(new ByteArrayInputStream(send("one", null)));
    Block manifest = Objects.requireNonNull(reader.next());
    assertEquals(manifest.cid(), reader.roots().getFirst());
    Block root = Objects.requireNonNull(reader.next());
    assertEquals(here.history.pinned("one").root(), root.cid());
    assertFalse(SnapshotManifest.parse(manifest.bytes()).name().isEmpty());
  }
}
