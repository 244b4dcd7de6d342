package dev.hivedeck.engine.mainline;

import dev.hivedeck.engine.file.Disk;
import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The attributes of main alone decide how files are merged ({@code merge=union}, line ends), as git
 * reads them from a working tree: neither what is being edited in the user's checkout nor what the
 * branch to be merged says of itself. They are put into a temporary working tree that has nothing
 * else.
 */
final class MainAttributes {
  private static final String FILE = ".gitattributes";

  private MainAttributes() {}

  /** Lets {@code work} run git where the attributes are those of a commit. */
  static <T> T with(Repository repository, String commit, Function<Git, T> work) {
    Path folder = null;
    try {
      folder = Files.createTempDirectory("hivedeck-attributes");
      // Git looks into the branch where there is none at the top.
      Files.writeString(folder.resolve(FILE), "");
      write(repository, commit, folder);
      return work.apply(
          new Git(folder) // git reads them from where it stands
              .with(
                  Map.of(
                      "GIT_DIR", repository.common().toString(),
                      "GIT_WORK_TREE", folder.toString())));
    } catch (IOException e) {
      throw Disk.unwritable(
          Disk.temporary(),
          e,
          ErrorCode.HOME_UNWRITABLE,
          "The attributes of main cannot be written: " + e.getMessage(),
          "Check the space and the rights of the system's temporary folder.");
    } finally {
      delete(folder);
    }
  }

  private static void write(Repository repository, String commit, Path folder) throws IOException {
    for (var entry : repository.attributes(commit).entrySet()) {
      Path file = folder.resolve(entry.getKey()).normalize();
      if (!file.startsWith(folder)) {
        continue; // git itself would refuse to check it out
      }
      String[] cat = {"cat-file", "blob", entry.getValue()};
      var read = repository.git().run(cat);
      if (!read.ok()) {
        throw repository.git().failed(read, cat);
      }
      Files.createDirectories(file.getParent());
      Files.write(file, read.bytes());
    }
  }

  private static void delete(Path folder) {
    if (folder == null) {
      return;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException | UncheckedIOException e) {
      // A few bytes in the system's temporary folder.
    }
  }
}
