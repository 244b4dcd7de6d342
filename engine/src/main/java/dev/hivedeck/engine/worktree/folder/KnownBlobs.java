package dev.hivedeck.engine.worktree.folder;

import dev.hivedeck.engine.git.ByteNames;
import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Tells of files that only seem to have changed that the repository has them already. */
final class KnownBlobs {
  /**
   * What Git LFS commits instead of a file.
   *
   * @see <a href="https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md">its specification</a>
   */
  private static final Pattern POINTER =
      Pattern.compile(
          "(?s)version https://git-lfs\\.github\\.com/spec/v1\n.*"
              + "oid sha256:([0-9a-f]{64})\nsize (\\d{1,18})\n.*");

  /** It has fewer bytes. */
  private static final int POINTER_BYTES = 1024;

  /** A file is at most so many times as large as its blob where no filter made it. */
  private static final int CONVERTED = 4;

  private final SnapshotGit git;
  private final Git plain;
  private final WorkFiles files;
  private final Path own;

  /**
   * @param plain the same git, for what is read in a given time
   * @param own a folder for what git is given to read
   */
  KnownBlobs(SnapshotGit git, Git plain, WorkFiles files, Path own) {
    this.git = git;
    this.plain = plain;
    this.files = files;
    this.own = own;
  }

  /**
   * Whether git would make the same of a file again.
   *
   * @param bytes of the blob; -1 where it is not known
   * @param filter null for none
   * @param end by {@link System#nanoTime}
   */
  boolean known(String path, String blob, long bytes, String filter, long end) {
    long size = files.size(path);
    if (bytes == size && files.same(path, blob, bytes)) {
      return true;
    }
    if ("lfs".equals(filter)) {
      return bytes < POINTER_BYTES && pointed(path, blob);
    }
    // Line ends and encodings make it a few times as large at most; a filter makes anything of it.
    return (filter != null || size <= CONVERTED * bytes) && cleaned(path, end).equals(blob);
  }

  /** The blob that git makes of a file; empty where that cannot be told in time. */
  private String cleaned(String path, long end) {
    var left = Duration.ofNanos(end - System.nanoTime());
    if (!ByteNames.isLine(path) || !left.isPositive()) {
      return "";
    }
    try {
      Path list = own.resolve("list");
      Files.write(list, (path + "\n").getBytes(StandardCharsets.ISO_8859_1));
      var made = plain.from(list).within(left).run("hash-object", "--stdin-paths");
      return made.ok() ? made.out().strip() : "";
    } catch (IOException e) {
      return "";
    } catch (HiveException e) {
      if (e.is(ErrorCode.GIT_SLOW)) {
        return "";
      }
      throw e;
    }
  }

  /** By which filter git takes files, where it does by one. */
  Map<String, String> filters(Set<String> paths) {
    var attributes =
        ByteNames.split(
            git.checked(ByteNames.join(paths), "check-attr", "-z", "--stdin", "filter").bytes());
    var filters = new TreeMap<String, String>();
    for (int i = 0; i + 2 < attributes.size(); i += 3) { // path, "filter", which
      if (!attributes.get(i + 2).equals("unspecified") && !attributes.get(i + 2).equals("unset")) {
        filters.put(attributes.get(i), attributes.get(i + 2));
      }
    }
    return filters;
  }

  /**
   * Of how many bytes the files were in the index; -1 where it is not known.
   *
   * @param blobs by their paths
   */
  Map<String, Long> sizes(Map<String, String> blobs) {
    var ids = new StringBuilder();
    blobs.values().forEach(blob -> ids.append(blob).append('\n'));
    var told =
        git.must(
                ids.toString().getBytes(StandardCharsets.US_ASCII),
                "cat-file",
                "--batch-check=%(objectsize)")
            .lines()
            .iterator();
    var sizes = new TreeMap<String, Long>();
    for (String path : blobs.keySet()) {
      String size = told.hasNext() ? told.next() : "";
      sizes.put(path, size.endsWith("missing") || size.isEmpty() ? -1L : Long.parseLong(size));
    }
    return sizes;
  }

  /** Whether a pointer of Git LFS names the file as it is. */
  private boolean pointed(String path, String blob) {
    var pointer = POINTER.matcher(git.run(null, "cat-file", "blob", blob).out());
    return pointer.matches()
        && Long.parseLong(pointer.group(2)) == files.size(path)
        && files.hashes(path, "SHA-256", "", pointer.group(1));
  }
}
