package io.cairnfs.dht.driver;

import com.google.protobuf.InvalidProtocolBufferException;
import io.cairnfs.dht.core.RememberedNode;
import io.cairnfs.dht.core.Value;
import io.cairnfs.dht.record.InvalidRecordException;
import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.dht.record.RecordVerifier;
import io.cairnfs.protocol.dht.AddressBookFile;
import io.cairnfs.protocol.dht.RememberedPeer;
import io.cairnfs.protocol.dht.StoredValue;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An address book in a file, replaced as a whole. */
public final class FileAddressBook implements AddressBook {

  private static final Logger LOG = LoggerFactory.getLogger(FileAddressBook.class);

  private static final int FORMAT = 1;

  private final Path file;
  private final RecordVerifier verifier;

  public FileAddressBook(Path file, RecordVerifier verifier) {
    this.file = file;
    this.verifier = verifier;
  }

  @Override
  public Remembered load() throws IOException {
    AddressBookFile book;
    try {
      book = AddressBookFile.parseFrom(Files.readAllBytes(file));
    } catch (NoSuchFileException _) {
      return Remembered.NOTHING;
    } catch (InvalidProtocolBufferException e) {
      throw new IOException(
          file + " is damaged: move it away, and the node joins by its bootstrap addresses", e);
    }
    if (book.getFormat() != FORMAT) {
      throw new IOException(file + " has the unknown format " + book.getFormat());
    }
    return new Remembered(nodes(book), values(book));
  }

  private List<RememberedNode> nodes(AddressBookFile book) {
    List<RememberedNode> nodes = new ArrayList<>();
    for (RememberedPeer peer : book.getPeerList()) {
      try {
        NodeRecord node = NodeRecord.verify(peer.getRecord(), verifier);
        nodes.add(new RememberedNode(node, Math.max(0, peer.getDownMillis())));
      } catch (InvalidRecordException e) {
        LOG.warn("{} remembers a bad record, which is ignored: {}", file, e.getMessage());
      }
    }
    return nodes;
  }

  private List<Value> values(AddressBookFile book) {
    List<Value> values = new ArrayList<>();
    for (StoredValue stored : book.getValueList()) {
      try {
        values.add(DhtCodec.value(stored));
      } catch (IllegalArgumentException e) {
        LOG.warn("{} remembers a bad value, which is ignored: {}", file, e.getMessage());
      }
    }
    return values;
  }

  @Override
  public void save(Remembered remembered) throws IOException {
    AddressBookFile.Builder book = AddressBookFile.newBuilder().setFormat(FORMAT);
    remembered.nodes().forEach(node -> book.addPeer(DhtCodec.message(node)));
    remembered.values().forEach(value -> book.addValue(DhtCodec.message(value)));
    Path next = file.resolveSibling(file.getFileName() + ".new");
    try (FileChannel channel =
        FileChannel.open(
            next,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      ByteBuffer bytes = ByteBuffer.wrap(book.build().toByteArray());
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
