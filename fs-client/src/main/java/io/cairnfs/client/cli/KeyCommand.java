package io.cairnfs.client.cli;

import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.identity.Identity;
import io.cairnfs.protocol.identity.SecretFile;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code cairn key}: the keys of volumes, which are all that their owner must not lose. */
@Command(
    name = "key",
    description = "Keep the keys of your volumes safe.",
    subcommands = {KeyCommand.List.class, KeyCommand.Export.class, KeyCommand.Import.class})
final class KeyCommand extends Noun {

  private static VolumeKeys keys() {
    return new VolumeKeys(ClientPaths.ofThisUser().keys());
  }

  /** {@code cairn key list}. */
  @Command(
      name = "list",
      description = "List the volumes whose keys are here.",
      footer = {"", "Example:", "  cairn key list --json"})
  static final class List extends Verb {
    @Override
    public Integer call() throws IOException {
      for (VolumeId volume : keys().list()) {
        answer(volume.toString(), Map.of("volume", volume.toString()));
      }
      return ExitCode.OK;
    }
  }

  /** {@code cairn key export}. */
  @Command(
      name = "export",
      description = "Copy a volume's key into a new file that only you can read.",
      footer = {"", "Example:", "  cairn key export k51qzi5uqu5d... /media/usb/volume.pem"})
  @SuppressWarnings("NullAway.Init") // picocli sets the fields before it calls
  static final class Export extends Verb {

    @Parameters(paramLabel = "VOLUME", description = "The volume's id.")
    private VolumeId volume;

    @Parameters(paramLabel = "FILE", description = "Where to; it must not exist.")
    private Path file;

    @Override
    public Integer call() throws IOException, CommandException {
      Identity key = keys().load(volume);
      try {
        SecretFile.create(file, key.toPem());
      } catch (FileAlreadyExistsException e) {
        throw new CommandException(file + " exists; name a file that does not", e);
      }
      answer(
          "exported " + volume + " to " + file,
          Map.of("volume", volume.toString(), "file", file.toString()));
      return ExitCode.OK;
    }
  }

  /** {@code cairn key import}. */
  @Command(
      name = "import",
      description = "Take a volume's key from a file that key export wrote.",
      footer = {"", "Example:", "  cairn key import /media/usb/volume.pem"})
  @SuppressWarnings("NullAway.Init") // picocli sets the fields before it calls
  static final class Import extends Verb {

    @Parameters(paramLabel = "FILE", description = "The file with the key.")
    private Path file;

    @Override
    public Integer call() throws IOException, CommandException {
      if (!Files.exists(file)) {
        throw new CommandException(
            file + " does not exist", new NoSuchFileException(file.toString()));
      }
      VolumeId volume = keys().add(Identity.load(file));
      answer("imported " + volume, Map.of("volume", volume.toString()));
      return ExitCode.OK;
    }
  }
}
