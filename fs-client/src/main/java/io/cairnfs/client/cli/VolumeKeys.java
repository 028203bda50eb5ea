package io.cairnfs.client.cli;

import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.identity.Identity;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

/** The keys of the volumes that this user owns: one file of mode 0600 each, named by its id. */
final class VolumeKeys {

  private static final String SUFFIX = ".pem";

  private final Path directory;

  VolumeKeys(Path directory) {
    this.directory = directory;
  }

  static VolumeId idOf(Identity key) {
    return VolumeId.of(key.publicKey());
  }

  /** The ids, sorted. */
  List<VolumeId> list() throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(SUFFIX))
          .map(name -> name.substring(0, name.length() - SUFFIX.length()))
          .sorted()
          .map(VolumeId::parse)
          .toList();
    }
  }

  Identity load(VolumeId volume) throws IOException, CommandException {
    try {
      return Identity.load(file(volume));
    } catch (NoSuchFileException e) {
      throw new CommandException(
          "no key of volume "
              + volume
              + " in "
              + directory
              + "; cairn key list shows those here, cairn key import brings one",
          e);
    }
  }

  /** Keeps a key; one that is kept already stays as it is. */
  VolumeId add(Identity key) throws IOException {
    Files.createDirectories(
        directory,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    VolumeId volume = idOf(key);
    try {
      key.save(file(volume));
    } catch (FileAlreadyExistsException e) {
      // The name is the public key: the file holds this key or a damaged one.
      if (!idOf(Identity.load(file(volume))).equals(volume)) {
        throw new IOException(file(volume) + " holds another volume's key; move it away", e);
      }
    }
    return volume;
  }

  private Path file(VolumeId volume) {
    return directory.resolve(volume + SUFFIX);
  }
}
