package io.cairnfs.it;

import com.google.protobuf.ByteString;
import io.cairnfs.protocol.admission.JoinToken;
import io.cairnfs.protocol.block.BlockMethods;
import io.cairnfs.protocol.block.message.GetBlocksRequest;
import io.cairnfs.protocol.block.message.PutBlocksRequest;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.cid.Codec;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.netty.HostileConnection;
import io.cairnfs.protocol.transport.netty.HostileConnection.Speaker;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The ways in which a peer can be hostile. */
enum HostileBehaviour {
  /** Bytes that are no TLS. */
  NOISE(false),
  /** Connects and says nothing. */
  SILENCE(false),
  /** TLS with an identity of its own, without the token. */
  STRANGER(false),
  /** Asks before it says hello. */
  RUDE(false),
  /** Bytes that are no frames. */
  BAD_FRAMES(true),
  /** Lengths beyond every limit. */
  OVERSIZED(true),
  /** Frames that are never finished. */
  UNFINISHED(true),
  /** Bodies that do not hash to their CIDs. */
  WRONG_HASHES(true),
  /** Requests that this version does not know. */
  UNKNOWN_MESSAGES(true),
  /** Asks for more and more and reads none of it. */
  DEAF(true);

  /** What the attackers know. */
  record Target(InetSocketAddress address, NodeId id, JoinToken token) {}

  private static final int BODY_BYTES = 64 << 10;
  private static final int LARGE_BODY_BYTES = 4 << 20;
  private static final int REQUESTS = 200;
  private static final int PING_MILLIS = 200;
  private static final byte[] STORED =
      "a block that exists".repeat(50_000).getBytes(StandardCharsets.UTF_8);

  private final boolean admitted;

  HostileBehaviour(boolean admitted) {
    this.admitted = admitted;
  }

  /** Whether it acts with an identity that has the token, one for each attacker. */
  boolean isAdmitted() {
    return admitted;
  }

  /** Puts the block that some attackers ask for. */
  static byte[] setUp() {
    return HostileConnection.request(1, BlockMethods.PUT.number(), putStored(), List.of(STORED));
  }

  private static PutBlocksRequest putStored() {
    return PutBlocksRequest.newBuilder()
        .addCid(ByteString.copyFrom(Cid.of(Codec.RAW, STORED).toBytes()))
        .setDurable(true)
        .setReplication(1)
        .build();
  }

  HostileConnection connect(Target target, Speaker speaker)
      throws IOException, InterruptedException {
    if (this == NOISE || this == SILENCE) {
      return HostileConnection.bare(target.address);
    }
    HostileConnection connection = HostileConnection.tls(target.address, speaker);
    if (this == STRANGER) {
      return connection.hello(speaker, target.id, JoinToken.generate());
    }
    return admitted ? connection.hello(speaker, target.id, target.token) : connection;
  }

  /**
   * Does its worst until the node ends the connection.
   *
   * @param answered told of errors after which the connection goes on
   * @return the error that the node ended it with; null for none
   */
  @Nullable WireError attack(
      HostileConnection connection,
      Random random,
      BooleanSupplier stopped,
      Consumer<WireError> answered)
      throws IOException, InterruptedException {
    switch (this) {
      case NOISE, BAD_FRAMES -> connection.send(noise(random));
      case SILENCE, STRANGER -> {}
      case RUDE ->
          connection.send(HostileConnection.request(1, BlockMethods.GET.number(), null, List.of()));
      case OVERSIZED ->
          connection.send(new byte[] {2, 0, 0, 0, 0, 0, 0, 1, 0x7f, -1, -1, -1, 0x7f, -1, -1, -1});
      case UNFINISHED -> {
        byte[] frame =
            HostileConnection.request(
                1, BlockMethods.PUT.number(), null, List.of(new byte[LARGE_BODY_BYTES]));
        connection.send(Arrays.copyOf(frame, frame.length - 1));
      }
      case WRONG_HASHES, UNKNOWN_MESSAGES -> {
        return askWrongly(connection, random, stopped, answered);
      }
      case DEAF -> {
        stopReading(connection);
        return null;
      }
    }
    WireError told = connection.readFailure();
    connection.awaitEnd();
    return told;
  }

  private static byte[] noise(Random random) {
    byte[] bytes = new byte[16 + random.nextInt(4096)];
    random.nextBytes(bytes);
    bytes[0] |= (byte) 0x80; // neither a frame nor a TLS record
    return bytes;
  }

  private @Nullable WireError askWrongly(
      HostileConnection connection,
      Random random,
      BooleanSupplier stopped,
      Consumer<WireError> answered)
      throws IOException, InterruptedException {
    WireError expected = this == WRONG_HASHES ? WireError.WRONG_HASH : WireError.UNKNOWN_METHOD;
    byte[] body = new byte[BODY_BYTES];
    for (int id = 1; !stopped.getAsBoolean(); id++) {
      random.nextBytes(body);
      connection.send(
          this == WRONG_HASHES
              ? HostileConnection.request(id, BlockMethods.PUT.number(), putStored(), List.of(body))
              : HostileConnection.request(id, 299, null, List.of()));
      WireError told = connection.readFailure();
      if (told != expected) {
        return told;
      }
      answered.accept(told);
    }
    return null;
  }

  private static void stopReading(HostileConnection connection) throws InterruptedException {
    GetBlocksRequest get =
        GetBlocksRequest.newBuilder().addAllCid(putStored().getCidList()).build();
    connection.stopReading();
    try {
      for (int id = 1; id <= REQUESTS; id++) {
        connection.send(HostileConnection.request(id, BlockMethods.GET.number(), get, List.of()));
      }
      while (!connection.isEnded()) {
        Thread.sleep(PING_MILLIS);
        connection.send(HostileConnection.ping());
      }
    } catch (IOException e) {
      // The node has had enough.
    }
  }
}
