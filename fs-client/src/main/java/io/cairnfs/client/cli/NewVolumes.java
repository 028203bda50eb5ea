package io.cairnfs.client.cli;

import io.cairnfs.protocol.erasure.Erasure;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.Quota;
import io.cairnfs.protocol.head.SignedQuota;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.identity.Identity;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Founds volumes, several at a time: heads write what comes together at once. */
final class NewVolumes {

  /** So that each entry of a head's log has many, and none waits for long. */
  private static final int AT_A_TIME = 64;

  private final Volumes volumes;
  private final int replication;
  private final @Nullable Erasure erasure;
  private final Quota quota;

  /**
   * @param erasure how cold blocks of each are coded; null if they stay replicated
   * @param quota of each; {@link Quota#NONE} for none
   */
  NewVolumes(Volumes volumes, int replication, @Nullable Erasure erasure, Quota quota) {
    this.erasure = erasure;
    this.volumes = volumes;
    this.replication = replication;
    this.quota = quota;
  }

  /** Founds a volume of each name; all that were founded stay if one is not. */
  List<Founding> found(List<String> names)
      throws CommandException, IOException, InterruptedException {
    try (ExecutorService founders =
        Executors.newFixedThreadPool(
            Math.min(AT_A_TIME, names.size()), Thread.ofVirtual().name("founder-", 0).factory())) {
      List<Future<Founding>> under = new ArrayList<>();
      for (String name : names) {
        under.add(founders.submit(() -> found(name)));
      }
      List<Founding> founded = new ArrayList<>();
      for (Future<Founding> one : under) {
        founded.add(result(one));
      }
      return founded;
    }
  }

  private static Founding result(Future<Founding> one)
      throws CommandException, IOException, InterruptedException {
    try {
      return one.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case CommandException failure -> throw failure;
        case IOException failure -> throw failure;
        case null, default -> throw new IllegalStateException(e.getCause());
      }
    }
  }

  private Founding found(String name) throws CommandException, IOException, InterruptedException {
    Identity key = Identity.generate();
    VolumeId id = new VolumeKeys(ClientPaths.ofThisUser().keys()).add(key);
    Founding founding = volumes.found(key, name, replication, erasure);
    if (!quota.equals(Quota.NONE)) {
      volumes.setQuota(founding, SignedQuota.sign(id, quota, 1, key));
    }
    return founding;
  }
}
