package io.cairnfs.node.head.raft;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.cairnfs.node.head.GroupLog;
import io.cairnfs.node.head.Proposal;
import io.cairnfs.node.head.machine.HeadResult;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadException.Reason;
import io.cairnfs.protocol.head.message.Command;
import io.cairnfs.protocol.head.message.CommandGroup;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.ClientInvocationId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.RaftServer;
import org.jspecify.annotations.Nullable;

/**
 * Puts groups of commands into a cell's log, as few entries as they fit, and waits until they are
 * applied. Thread-safe.
 */
final class Proposals implements GroupLog {

  /** An entry takes no more commands beyond this: other voters get it in one message. */
  private static final int ENTRY_BYTES = 1 << 20;

  /** A leader that reaches no majority steps down long before. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final RaftServer server;
  private final RaftGroupId cell;
  private final CellStateMachine machine;
  private final Lead lead;
  private final ClientId client = ClientId.randomId();
  private final AtomicLong calls = new AtomicLong();

  Proposals(RaftServer server, RaftGroupId cell, CellStateMachine machine, Lead lead) {
    this.server = server;
    this.cell = cell;
    this.machine = machine;
    this.lead = lead;
  }

  @Override
  public List<HeadResult> execute(List<Proposal> proposals)
      throws HeadException, InterruptedException {
    Lead.Term term = lead.require();
    List<CompletableFuture<List<HeadResult>>> entries = new ArrayList<>();
    CommandGroup.Builder group = begin(term);
    long bytes = 0;
    for (Proposal proposal : proposals) {
      Command command = proposal.command().setNowMillis(group.getNowMillis()).build();
      bytes += command.getSerializedSize() + (long) proposal.bodies().length;
      if (bytes > ENTRY_BYTES && group.getCommandCount() > 0) {
        entries.add(propose(group.build()));
        group = begin(term);
        bytes = 0;
      }
      ByteString bodies = UnsafeByteOperations.unsafeWrap(proposal.bodies());
      group.addCommand(command).addBodies(bodies);
    }
    entries.add(propose(group.build()));
    List<HeadResult> results = new ArrayList<>();
    for (CompletableFuture<List<HeadResult>> entry : entries) {
      results.addAll(await(entry));
    }
    return results;
  }

  /** Takes over the cell, so that leases run from now on. */
  void takeOver(Lead.Term term) throws HeadException, InterruptedException {
    await(propose(begin(term).build()));
  }

  private static CommandGroup.Builder begin(Lead.Term term) {
    return CommandGroup.newBuilder().setTerm(term.number()).setNowMillis(term.clock().nowMillis());
  }

  /** Ratis itself makes the log short. */
  @Override
  public void tidy() {}

  private CompletableFuture<List<HeadResult>> propose(CommandGroup group) {
    long call = calls.incrementAndGet();
    ClientInvocationId id = ClientInvocationId.valueOf(client, call);
    CompletableFuture<List<HeadResult>> applied = machine.expect(id);
    RaftClientRequest request =
        request(call, RaftClientRequest.writeRequestType(), group.toByteArray());
    var unused =
        submit(request)
            .whenComplete(
                (reply, failure) -> {
                  Throwable cause = failure != null ? failure : reply.getException();
                  if (cause != null) {
                    machine.forget(id);
                    applied.completeExceptionally(cause);
                  }
                });
    return applied;
  }

  /**
   * Waits until this voter has applied everything that was committed before this call.
   *
   * @throws HeadException {@code NOT_LEADER}, {@code UNAVAILABLE}
   */
  void catchUp(Duration timeout) throws HeadException, InterruptedException {
    RaftClientRequest request =
        request(calls.incrementAndGet(), RaftClientRequest.readRequestType(), new byte[0]);
    await(
        submit(request)
            .thenCompose(
                reply ->
                    reply.getException() == null
                        ? CompletableFuture.completedFuture(reply)
                        : CompletableFuture.failedFuture(reply.getException())),
        timeout);
  }

  private RaftClientRequest request(long call, RaftClientRequest.Type type, byte[] content) {
    return RaftClientRequest.newBuilder()
        .setClientId(client)
        .setServerId(server.getId())
        .setGroupId(cell)
        .setCallId(call)
        .setType(type)
        .setMessage(
            Message.valueOf(
                org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations.unsafeWrap(
                    content)))
        .build();
  }

  private CompletableFuture<RaftClientReply> submit(RaftClientRequest request) {
    try {
      return server.submitClientRequestAsync(request);
    } catch (IOException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private <T> T await(CompletableFuture<T> future) throws HeadException, InterruptedException {
    return await(future, PATIENCE);
  }

  private <T> T await(CompletableFuture<T> future, Duration timeout)
      throws HeadException, InterruptedException {
    try {
      return future.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw unavailable("the cell reached no majority in time", e);
    } catch (ExecutionException e) {
      lead.require(); // says who leads instead
      throw unavailable("the cell did not answer: " + e.getMessage(), e);
    }
  }

  private static HeadException unavailable(String message, @Nullable Throwable cause) {
    return new HeadException(Reason.UNAVAILABLE, message, cause);
  }
}
