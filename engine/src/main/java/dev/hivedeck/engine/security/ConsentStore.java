package dev.hivedeck.engine.security;

import dev.hivedeck.engine.config.AgentSpec.RecipeFile;
import dev.hivedeck.engine.config.ConfigSnapshot;
import dev.hivedeck.engine.config.SloConfig.RuleText;
import dev.hivedeck.engine.config.TextFile;
import dev.hivedeck.engine.file.Disk;
import dev.hivedeck.engine.file.OwnerFiles;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a person consented to last in a workspace, kept whole: with the text of {@code hive.yaml}
 * and its recipes and rule files, so that it stays in force whatever becomes of the files. One that
 * cannot be read or does not match its digest counts for nothing.
 */
public final class ConsentStore {
  private static final String FILE = "consent.json";

  /** Where versions before this format kept digests of commands alone. */
  private static final String FORMER = "trust";

  private static final int VERSION = 1;
  private static final long LARGEST = 64 << 20;

  private final Path folder;

  /**
   * @param folder of the workspace's data
   */
  public ConsentStore(Path folder) {
    this.folder = folder;
  }

  /**
   * @param snapshot what was consented to; null for nothing
   * @param at when; null for never
   * @param trouble why an earlier consent does not count, in words; null when there was none
   */
  public record StoredConsent(ConfigSnapshot snapshot, Instant at, String trouble) {}

  private record Recipe(String path, String text, String trouble) {}

  private record Rules(String path, String text, String trouble) {}

  /**
   * @param rules null where it was given before rule files counted
   */
  private record Stored(
      int version,
      String digest,
      Instant at,
      String hive,
      List<Recipe> recipes,
      List<Rules> rules) {}

  /** What was consented to last. */
  public StoredConsent read() {
    Path file = folder.resolve(FILE);
    try {
      String text = TextFile.read(file, LARGEST, ErrorCode.CONSENT_UNREADABLE);
      if (text == null) {
        return none(
            Files.exists(folder.resolve(FORMER))
                ? "an earlier version of Hivedeck showed commands only when it asked you"
                : null);
      }
      var stored = Json.read(text, Stored.class);
      if (stored.version() != VERSION) {
        return none("it was given to another version of Hivedeck");
      }
      var snapshot = ConfigSnapshot.of(stored.hive(), recipes(stored), rules(stored));
      return snapshot.digest().equals(stored.digest()) && stored.at() != null
          ? new StoredConsent(snapshot, stored.at(), null)
          : none(file + " is not as it was written");
    } catch (RuntimeException e) { // whatever is wrong with it, it is no consent
      return none(file + " cannot be read: " + e.getMessage());
    }
  }

  private static StoredConsent none(String trouble) {
    return new StoredConsent(null, null, trouble);
  }

  private static Map<String, RecipeFile> recipes(Stored stored) {
    return stored.recipes().stream()
        .collect(
            Collectors.toMap(
                Recipe::path, r -> new RecipeFile(Path.of(r.path()), r.text(), r.trouble())));
  }

  private static Map<String, RuleText> rules(Stored stored) {
    return stored.rules() == null
        ? Map.of()
        : stored.rules().stream()
            .collect(Collectors.toMap(Rules::path, r -> new RuleText(r.text(), r.trouble())));
  }

  /**
   * Writes down that a person consented; what was consented to before no longer counts.
   *
   * @throws HiveException {@code home-unwritable}
   */
  public void give(ConfigSnapshot snapshot, Instant at) {
    Path file = folder.resolve(FILE);
    var recipes =
        snapshot.recipes().entrySet().stream()
            .map(e -> new Recipe(e.getKey(), e.getValue().text(), e.getValue().trouble()))
            .toList();
    var rules =
        snapshot.rules().entrySet().stream()
            .map(e -> new Rules(e.getKey(), e.getValue().text(), e.getValue().trouble()))
            .toList();
    try {
      OwnerFiles.write(
          file,
          Json.write(new Stored(VERSION, snapshot.digest(), at, snapshot.hive(), recipes, rules)));
    } catch (IOException e) {
      throw Disk.unwritable(
          file,
          e,
          ErrorCode.HOME_UNWRITABLE,
          "Consent cannot be recorded in " + file + ": " + e.getMessage(),
          "Check the rights and the space of that folder.");
    }
    try {
      Files.deleteIfExists(folder.resolve(FORMER));
    } catch (IOException ignored) {
      // It says nothing any more beside the new file.
    }
  }
}
