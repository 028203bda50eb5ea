package io.cairnfs.node;

import io.cairnfs.node.config.NodeConfig;
import io.cairnfs.node.data.AdmittedFile;
import io.cairnfs.node.data.DataDirectory;
import io.cairnfs.protocol.admission.Admission;
import io.cairnfs.protocol.admission.ClosedAdmission;
import io.cairnfs.protocol.admission.JoinToken;
import io.cairnfs.protocol.identity.NodeId;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who is let in: what the configuration, the join token and the past say together. */
final class ClusterSecrets {

  private static final Logger LOG = LoggerFactory.getLogger(ClusterSecrets.class);

  private ClusterSecrets() {}

  /**
   * The admission of a node. One that founds a cluster makes its join token.
   *
   * @param admitted remembers those that the token brings in
   */
  static Admission admission(
      NodeConfig config, DataDirectory directory, NodeId self, AdmittedFile admitted)
      throws IOException {
    Set<NodeId> allowed = new HashSet<>(config.allow());
    allowed.addAll(admitted.read());
    return new ClosedAdmission(self, allowed, token(config, directory), admitted::add);
  }

  private static @Nullable JoinToken token(NodeConfig config, DataDirectory directory)
      throws IOException {
    if (config.tokenFile().isPresent()) {
      return JoinToken.load(config.tokenFile().get());
    }
    if (Files.exists(directory.joinToken())) {
      return JoinToken.load(directory.joinToken());
    }
    if (!config.foundsCluster()) {
      return null;
    }
    JoinToken token = JoinToken.generate();
    token.save(directory.joinToken());
    LOG.info("Founded a cluster; who has {} may join it", directory.joinToken());
    return token;
  }
}
