package dev.hivedeck.engine.mainline;

import dev.hivedeck.engine.git.ByteNames;
import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Indexes beside that of a checkout, made and used while no other git comes in between. */
final class CheckoutIndex {
  private static final Logger LOG = LoggerFactory.getLogger(CheckoutIndex.class);

  private final Git git;
  private final Supplier<Path> admin;

  /**
   * @param git in the checkout
   * @param admin its own git folder
   */
  CheckoutIndex(Git git, Supplier<Path> admin) {
    this.git = git;
    this.admin = admin;
  }

  /** Runs a git that reads these bytes. */
  String fed(byte[] input, Git git, String... command) throws IOException {
    Path file = admin.get().resolve("hivedeck.input");
    try {
      Files.write(file, input);
      return git.from(file).must(command);
    } finally {
      delete(file);
    }
  }

  /** Makes an index of these alone. */
  void make(Path own, Collection<TreeDifference> all, Function<TreeDifference, String> entry)
      throws IOException {
    Files.deleteIfExists(own);
    var lines =
        all.stream()
            .filter(d -> !entry.apply(d).startsWith(TreeDifference.ABSENT))
            .map(d -> entry.apply(d) + "\t" + d.path())
            .toList();
    fed(
        ByteNames.join(lines),
        git.with(Map.of(MainCheckout.INDEX_FILE, own.toString())),
        "update-index",
        "-z",
        "--index-info");
  }

  /** Does something with an index of its own while no other git comes in between. */
  <T> T beside(Work<T> work) {
    Path own = admin.get().resolve("hivedeck.index");
    Path lock = admin.get().resolve(MainCheckout.LOCK);
    try {
      Files.createFile(lock); // as git does
    } catch (IOException e) {
      throw new HiveException(
          ErrorCode.REPOSITORY_LOCKED,
          e instanceof FileAlreadyExistsException ? MainCheckout.LOCKED : e.toString(),
          "Try again.");
    }
    try {
      Files.deleteIfExists(own); // of one that was killed
      return work.with(own);
    } catch (IOException e) {
      throw new HiveException(ErrorCode.GIT_FAILED, e.toString(), "Try again.", e);
    } finally {
      delete(own);
      delete(lock);
    }
  }

  interface Work<T> {
    T with(Path index) throws IOException;
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.warn("{} stays: {}", file, e.getMessage());
    }
  }
}
