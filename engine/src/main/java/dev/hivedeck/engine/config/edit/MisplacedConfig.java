package dev.hivedeck.engine.config.edit;

import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.file.PlainFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** A configuration that somebody wrote to where nothing reads it. */
public final class MisplacedConfig {
  private static final List<String> NAMES =
      List.of(
          "hive.yaml",
          "hive.yml",
          ".hive.yaml",
          "hivedeck.yaml",
          "hivedeck.yml",
          ".hivedeck.yaml",
          ".hivedeck/hive.yml",
          ".hivedeck/hivedeck.yaml",
          ".hivedeck/config.yaml");

  /** Other programs have files of these names, too. */
  private static final Pattern OURS = Pattern.compile("(?m)^(agents|gates|decisions)\\s*:");

  private static final int LARGEST = 1 << 20;

  private MisplacedConfig() {}

  private static boolean ours(Path file) {
    String text = PlainFile.text(file, LARGEST);
    return text != null && OURS.matcher(text).find();
  }

  /**
   * What to tell where the configuration is not where it is read, and lies in a place in which one
   * might look for it; empty where it is there, or nowhere.
   *
   * @param root of the repository
   */
  public static Optional<String> told(Path root) {
    if (Files.exists(root.resolve(HiveConfig.FILE))) {
      return Optional.empty();
    }
    return NAMES.stream()
        .filter(name -> ours(root.resolve(name)))
        .findFirst()
        .map(
            name ->
                "%s is not read where it lies. Move it to %s.".formatted(name, HiveConfig.FILE));
  }
}
