package dev.hivedeck.engine.git.repository;

import dev.hivedeck.engine.protocol.HiveException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the user's repository quick while agents fill it with loose objects and refs: those are
 * packed. Nothing is deleted by it, whether anything refers to it or not.
 */
public final class RepositoryMaintenance {
  private static final Logger LOG = LoggerFactory.getLogger(RepositoryMaintenance.class);

  /** Objects lie in 256 folders by the beginning of their ids; one of them tells for all. */
  private static final String SAMPLE = "17";

  /** So many loose objects there make some two thousand in all. */
  private static final int MANY = 8;

  private final Repository repository;

  public RepositoryMaintenance(Repository repository) {
    this.repository = repository;
  }

  /** Whether there is enough to do. */
  public boolean due() {
    Path sample = repository.common().resolve("objects").resolve(SAMPLE);
    if (!Files.isDirectory(sample)) {
      return false;
    }
    try (Stream<Path> objects = Files.list(sample)) {
      return objects.count() >= MANY;
    } catch (IOException e) {
      return false;
    }
  }

  /** Packs loose objects, then small packs together, then refs. */
  public void run() {
    for (String task : List.of("loose-objects", "incremental-repack", "pack-refs")) {
      try {
        repository.git().must("maintenance", "run", "--quiet", "--task=" + task);
      } catch (HiveException e) {
        LOG.info("{} of {}: {}", task, repository.common(), e.getMessage());
      }
    }
  }
}
