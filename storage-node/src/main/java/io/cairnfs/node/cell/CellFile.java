package io.cairnfs.node.cell;

import com.google.protobuf.ByteString;
import io.cairnfs.node.data.DurableFile;
import io.cairnfs.protocol.cell.CellId;
import io.cairnfs.protocol.cell.message.CellHistory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;

/**
 * What this node knows of the cells that it is in: a file each, named by the cell, that holds its
 * history in base 64. A history is empty as long as the node does not know it, and lacks signatures
 * while a cell is being founded. Not thread-safe.
 */
final class CellFile {

  private static final String SUFFIX = ".cell";

  private final Path directory;

  /**
   * @param directory exists
   */
  CellFile(Path directory) {
    this.directory = directory;
  }

  List<CellId> list() throws IOException {
    List<CellId> cells = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (name.endsWith(SUFFIX)) {
          cells.add(CellId.parse(name.substring(0, name.length() - SUFFIX.length())));
        }
      }
    }
    return cells;
  }

  CellHistory read(CellId cell) throws IOException {
    byte[] bytes = Base64.getMimeDecoder().decode(Files.readString(file(cell)));
    return CellHistory.parseFrom(bytes);
  }

  /** Writes it to the disk. */
  void write(CellId cell, ByteString history) throws IOException {
    DurableFile.write(file(cell), Base64.getEncoder().encodeToString(history.toByteArray()) + "\n");
  }

  void delete(CellId cell) throws IOException {
    Files.deleteIfExists(file(cell));
  }

  private Path file(CellId cell) {
    return directory.resolve(cell + SUFFIX);
  }
}
