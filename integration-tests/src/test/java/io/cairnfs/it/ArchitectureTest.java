package io.cairnfs.it;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/**
 * The import rules of the design, each with its reason. A rule about a package that does not exist
 * yet holds trivially.
 */
final class ArchitectureTest {

  private static final JavaClasses CAIRN =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.cairnfs");

  private static final String PROTOCOL = "io.cairnfs.protocol..";
  private static final String DHT = "io.cairnfs.dht..";
  private static final String NODE = "io.cairnfs.node..";
  private static final String CLIENT = "io.cairnfs.client..";
  private static final String NETTY_TRANSPORT = "io.cairnfs.protocol.transport.netty..";
  private static final String CLI = "io.cairnfs.client.cli..";
  private static final String MOUNT = "io.cairnfs.client.mount..";
  private static final String FUSE = "io.cairnfs.client.fuse..";
  private static final String JNR = "io.cairnfs.client.jnr..";
  private static final String VFS = "io.cairnfs.client.vfs..";
  private static final String NAMESPACE = "io.cairnfs.client.namespace..";
  private static final String CONTENT = "io.cairnfs.client.content..";

  /** Without this a wrong class path would make every rule hold. */
  @Test
  void allModulesAreLookedAt() {
    assertTrue(CAIRN.contain("io.cairnfs.protocol.transport.Transport"));
    assertTrue(CAIRN.contain("io.cairnfs.client.vfs.Vfs"));
  }

  @Test
  void protocolImportsNothingOfCairn() {
    in(PROTOCOL)
        .mayNotUse(
            resideInAnyPackage(DHT, NODE, CLIENT), "it holds the words that all others share");
  }

  @Test
  void dhtImportsOnlyProtocol() {
    in(DHT).mayNotUse(resideInAnyPackage(NODE, CLIENT), "locating knows no stores and no files");
  }

  @Test
  void nodesKnowNoClients() {
    in(NODE).mayNotUse(resideInAPackage(CLIENT), "a node knows blocks and heads, never files");
  }

  @Test
  void onlyTheCompositionRootsOfTheClientUseTheNode() {
    in(CLIENT)
        .except(CLI, MOUNT)
        .mayNotUse(
            resideInAPackage(NODE), "clients reach nodes through ports; only start-up embeds one");
  }

  @Test
  void rocksDbIsBehindTheStores() {
    in("io.cairnfs..")
        .except("io.cairnfs.node.rocks..", "io.cairnfs.node.store..", "io.cairnfs.node.head..")
        .mayNotUse(
            resideInAPackage("org.rocksdb.."), "the engine can then be changed in one place");
  }

  @Test
  void theConsensusAlgorithmIsInOnePlace() {
    in("io.cairnfs..")
        .except("io.cairnfs.node.head.raft..")
        .mayNotUse(resideInAPackage("org.apache.ratis.."), "another one can then take its place");
    in("io.cairnfs..")
        .except("io.cairnfs.node.head.raft..", "io.cairnfs.node.cell..")
        .mayNotUse(
            resideInAPackage("io.cairnfs.node.head.raft.."),
            "nodes without cells start without loading it");
  }

  @Test
  void socketsAreInTheTransport() {
    in("io.cairnfs..")
        .except(NETTY_TRANSPORT, "io.cairnfs.node.http..", "io.cairnfs.protocol.wait..")
        .mayNotUse(
            resideInAnyPackage("io.netty..", "com.sun.net.httpserver..", "java.net.http..")
                .or(assignableTo("java.net.Socket"))
                .or(assignableTo("java.net.ServerSocket"))
                .or(assignableTo("java.net.DatagramSocket"))
                .or(assignableTo("java.nio.channels.NetworkChannel")),
            "one place authenticates, limits and measures what comes from a network");
  }

  @Test
  void foreignMemoryIsInFuse() {
    in("io.cairnfs..")
        .except(FUSE, "io.cairnfs.client.clock..")
        .mayNotUse(
            resideInAPackage(MemorySegment.class.getPackageName()),
            "a slip there kills the process; it stays where the kernel is spoken to");
  }

  @Test
  void namesAndBytesNeverMeet() {
    in(NAMESPACE).mayNotUse(resideInAPackage(CONTENT), "they meet only in vfs");
    in(CONTENT).mayNotUse(resideInAPackage(NAMESPACE), "they meet only in vfs");
  }

  @Test
  void vfsKnowsNoBinding() {
    in(VFS)
        .mayNotUse(
            resideInAnyPackage(FUSE, JNR).or(named("Errno")),
            "POSIX meaning is tested without a kernel, and there is more than one binding");
  }

  @Test
  void bindingsOnlyTranslate() {
    for (String binding : new String[] {FUSE, JNR}) {
      in(binding)
          .mayNotUse(
              resideInAnyPackage(NAMESPACE, CONTENT, "io.cairnfs.client.block..", NODE, DHT)
                  .and(not(named("FileType"))),
              "it never decides: what lies under vfs is not its business");
    }
  }

  @Test
  void libfuseIsBehindItsBinding() {
    in("io.cairnfs..")
        .except(JNR)
        .mayNotUse(
            resideInAnyPackage("ru.serce.jnrfuse..", "jnr..", "com.kenai.jffi.."),
            "it is loaded for mounts that ask for it, and can go without a change elsewhere");
    in("io.cairnfs..")
        .except(JNR, MOUNT)
        .mayNotUse(resideInAPackage(JNR), "the composition root alone chooses a binding");
  }

  @Test
  void whatLiesUnderVfsDoesNotLookUp() {
    in(NAMESPACE)
        .mayNotUse(resideInAnyPackage(VFS, FUSE, JNR, CLI, MOUNT), "layers call downwards");
    in(CONTENT).mayNotUse(resideInAnyPackage(VFS, FUSE, JNR, CLI, MOUNT), "layers call downwards");
    in("io.cairnfs.client.block..")
        .mayNotUse(resideInAnyPackage(VFS, FUSE, JNR, CLI, MOUNT), "layers call downwards");
  }

  @Test
  void theCommandIsOnTop() {
    in("io.cairnfs..").except(CLI).mayNotUse(resideInAPackage(CLI), "nothing depends on it");
  }

  @Test
  void pureCoresHaveNoWorld() {
    for (String core :
        new String[] {
          "io.cairnfs.dht.core..", "io.cairnfs.dht.placement..", "io.cairnfs.node.head.machine.."
        }) {
      in(core)
          .mayNotUse(
              assignableTo(Clock.class)
                  .or(assignableTo(Thread.class))
                  .or(assignableTo(Random.class))
                  .or(assignableTo(RandomGenerator.class))
                  .or(assignableTo(ThreadLocalRandom.class))
                  .or(resideInAPackage("java.util.concurrent.."))
                  .or(resideInAnyPackage("java.nio.file..", "java.nio.channels.."))
                  .or(
                      resideInAPackage("java.io")
                          .and(
                              not(
                                  assignableTo(IOException.class)
                                      .or(assignableTo(UncheckedIOException.class))
                                      .or(assignableTo("java.io.Serializable"))))),
              "the same input must give the same output, so that a simulator can run it");
      check(
          noClasses().that().resideInAPackage(core).should().callMethod(System.class, "nanoTime"),
          "time is an argument");
      check(
          noClasses()
              .that()
              .resideInAPackage(core)
              .should()
              .callMethod(System.class, "currentTimeMillis"),
          "time is an argument");
      check(
          noClasses().that().resideInAPackage(core).should().callMethod(Instant.class, "now"),
          "time is an argument");
    }
  }

  @Test
  void onlyTheCommandPrints() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage(CLI)
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err"),
        "everything below it logs or throws");
  }

  private static DescribedPredicate<JavaClass> named(String simpleName) {
    return DescribedPredicate.describe(
        "classes named " + simpleName, type -> type.getSimpleName().equals(simpleName));
  }

  private static Scope in(String thePackage) {
    return new Scope(thePackage, List.of());
  }

  private static void check(ArchRule rule, String reason) {
    rule.because(reason).allowEmptyShould(true).check(CAIRN);
  }

  /** The classes that a rule is about. */
  private record Scope(String thePackage, List<String> exceptions) {

    Scope except(String... others) {
      return new Scope(thePackage, List.of(others));
    }

    void mayNotUse(DescribedPredicate<JavaClass> types, String reason) {
      check(
          noClasses()
              .that(
                  resideInAPackage(thePackage)
                      .and(not(resideInAnyPackage(exceptions.toArray(new String[0])))))
              .should()
              .dependOnClassesThat(types),
          reason);
    }
  }
}
