package io.cairnfs.client.cli;

import io.cairnfs.protocol.identity.Identity;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Who this user is to nodes. */
final class ClientIdentity {

  private ClientIdentity() {}

  /** The user's identity; made when it is first needed. */
  static Identity of(ClientPaths paths) throws IOException {
    Path file = paths.data().resolve("client.pem");
    if (!Files.exists(file)) {
      ClientPaths.makePrivate(paths.data());
      try {
        Identity.generate().save(file);
      } catch (FileAlreadyExistsException e) {
        return Identity.load(file); // another command was faster
      }
    }
    return Identity.load(file);
  }
}
