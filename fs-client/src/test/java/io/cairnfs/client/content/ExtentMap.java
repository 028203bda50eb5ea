package io.cairnfs.client.content;

import io.cairnfs.client.extent.FileExtent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The extents of one file as the namespace keeps them: what is put lies over what was there. */
final class ExtentMap {

  private final List<FileExtent> extents = new ArrayList<>();

  void putAll(List<FileExtent> flushed) {
    for (FileExtent extent : flushed) {
      clear(extent.offset(), extent.end());
      extents.add(extent);
    }
    extents.sort(Comparator.comparingLong(FileExtent::offset));
  }

  void clear(long from, long to) {
    List<FileExtent> kept = new ArrayList<>();
    for (FileExtent extent : extents) {
      if (extent.end() <= from || extent.offset() >= to) {
        kept.add(extent);
        continue;
      }
      if (extent.offset() < from) {
        kept.add(new FileExtent(extent.offset(), extent.extent().slice(0, from - extent.offset())));
      }
      if (extent.end() > to) {
        kept.add(
            new FileExtent(
                to, extent.extent().slice(to - extent.offset(), extent.extent().length())));
      }
    }
    extents.clear();
    extents.addAll(kept);
  }

  List<FileExtent> overlapping(long from, long to) {
    return extents.stream().filter(extent -> extent.offset() < to && extent.end() > from).toList();
  }

  List<FileExtent> all() {
    return List.copyOf(extents);
  }
}
