package dev.hivedeck.engine.git.repository;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/** When something was fetched last, by whom ever: git leaves a file. */
public final class FetchTimes {
  private final Repository repository;

  public FetchTimes(Repository repository) {
    this.repository = repository;
  }

  /** Empty where nothing was fetched yet, as in a fresh clone. */
  public Optional<Instant> last() {
    return Stream.of(repository.common(), repository.gitFolder())
        .flatMap(folder -> written(folder.resolve("FETCH_HEAD")).stream())
        .max(Comparator.naturalOrder());
  }

  private static Optional<Instant> written(Path file) {
    try {
      return Optional.of(Files.getLastModifiedTime(file).toInstant());
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
