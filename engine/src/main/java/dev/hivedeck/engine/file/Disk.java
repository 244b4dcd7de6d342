package dev.hivedeck.engine.file;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A disk, and the room on it. What is written is spread over several: the data folder, the
 * repository's git folder, the folder for temporary files.
 *
 * @param folders those of interest that lie on it
 * @param free bytes that may still be written
 */
public record Disk(List<Path> folders, long free) {
  /** With less than this, git and the database cannot write. */
  private static final long FULL = 256 * 1024;

  /** The folder for temporary files. */
  public static Path temporary() {
    return Path.of(System.getProperty("java.io.tmpdir"));
  }

  /** The disks that folders lie on, or would lie on, each once. */
  public static List<Disk> of(Collection<Path> folders) {
    var stores = new ArrayList<FileStore>();
    var disks = new ArrayList<Disk>();
    for (Path folder : folders) {
      try {
        var store = Files.getFileStore(existing(folder));
        int at = stores.indexOf(store);
        if (at < 0) {
          stores.add(store);
          disks.add(new Disk(List.of(folder), store.getUsableSpace()));
        } else {
          var disk = disks.get(at);
          var all = Stream.concat(disk.folders().stream(), Stream.of(folder)).toList();
          disks.set(at, new Disk(all, disk.free()));
        }
      } catch (IOException e) {
        // What is wrong with it is told by whoever writes there.
      }
    }
    return disks;
  }

  private static Path existing(Path folder) throws IOException {
    for (Path at = folder.toAbsolutePath(); at != null; at = at.getParent()) {
      if (Files.exists(at)) {
        return at;
      }
    }
    throw new IOException(folder + " has no disk");
  }

  /** Whether hardly anything can be written to it. */
  public boolean full() {
    return free < FULL;
  }

  /** Where it is, for people to read. */
  public String where() {
    return folders.stream().map(Path::toString).distinct().collect(Collectors.joining(", "));
  }

  /** Those of the disks that are full, in words. */
  public static List<String> full(Collection<Path> folders) {
    return of(folders).stream()
        .filter(Disk::full)
        .map(disk -> "The disk of " + disk.where() + " is full. Free some space there.")
        .toList();
  }

  /**
   * What failed because a disk is full, with the disk that is.
   *
   * @param what what failed, and how
   * @param folders where it may have written
   */
  public static HiveException fullException(String what, Collection<Path> folders) {
    var full = of(folders).stream().filter(Disk::full).findFirst();
    String where =
        full.map(Disk::where)
            .orElseGet(
                () ->
                    folders.stream()
                        .map(Path::toString)
                        .distinct()
                        .collect(Collectors.joining(" or ")));
    return new HiveException(
        ErrorCode.DISK_FULL,
        "The disk of " + where + " is full: " + what,
        "Free some space there; nothing was lost.");
  }

  /** A write that failed: because the disk is full, or else as {@code code} and its words tell. */
  public static HiveException unwritable(
      Path folder, IOException e, ErrorCode code, String message, String hint) {
    return full(folder, e).orElseGet(() -> new HiveException(code, message, hint, e));
  }

  static Optional<HiveException> full(Path folder, IOException e) {
    String said = String.valueOf(e.getMessage());
    boolean says =
        Stream.of("No space left on device", "Disk quota exceeded", "not enough space on the disk")
            .anyMatch(said::contains);
    return says ? Optional.of(fullException(said, List.of(folder))) : Optional.empty();
  }

  /** No file can be made where temporary ones belong. */
  public static HiveException noTemporaryFile(IOException e) {
    return new HiveException(
        ErrorCode.HOME_UNWRITABLE,
        "No temporary file can be made: " + e.getMessage(),
        "Check the space and the rights of " + System.getProperty("java.io.tmpdir") + ".",
        e);
  }
}
