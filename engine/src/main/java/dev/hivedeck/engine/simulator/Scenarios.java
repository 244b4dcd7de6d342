package dev.hivedeck.engine.simulator;

import dev.hivedeck.engine.config.yaml.DidYouMean;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The scenarios that can be played: those that come with Hivedeck, and files of one's own. */
public final class Scenarios {
  private static final List<String> BUNDLED =
      List.of(
          "edit",
          "repair",
          "permission",
          "nothing-changed",
          "half-way",
          "progress",
          "e401",
          "e429",
          "e500",
          "overflow",
          "hang",
          "silent",
          "runaway");

  private static final Pattern NAME = Pattern.compile("[\\w-]+");

  private final Map<String, Scenario> byName;
  private final Scenario standard;

  private Scenarios(Map<String, Scenario> byName, Scenario standard) {
    this.byName = byName;
    this.standard = standard;
  }

  /** Those that come with Hivedeck. */
  public static Scenarios bundled() {
    return with(List.of());
  }

  /**
   * Those that come with Hivedeck, and those in the files; a file goes before a scenario of the
   * same name, and the first file is played where none is asked for.
   *
   * @throws HiveException {@code scenario-invalid}, {@code no-file}
   */
  public static Scenarios with(List<Path> files) {
    var byName = new LinkedHashMap<String, Scenario>();
    var from = new LinkedHashMap<String, Path>();
    Scenario standard = null;
    for (Path file : files) {
      String name = name(file);
      var scenario = ScenarioReader.read(name, file.toString(), text(file));
      if (byName.put(name, scenario) != null) {
        throw new HiveException(
            ErrorCode.SCENARIO_INVALID,
            file + ": " + from.get(name) + " is called " + name + " too.",
            "Give one of them another name: an agent asks for a scenario by it.");
      }
      from.put(name, file);
      standard = standard == null ? scenario : standard;
    }
    for (String name : BUNDLED) {
      byName.computeIfAbsent(name, n -> ScenarioReader.read(n, n + ".yaml", resource(n)));
    }
    return new Scenarios(byName, standard);
  }

  private static String name(Path file) {
    String name = file.getFileName().toString().replaceFirst("\\.(ya?ml|json)$", "");
    if (!NAME.matcher(name).matches()) {
      throw new HiveException(
          ErrorCode.SCENARIO_INVALID,
          file + ": \"" + name + "\" cannot be part of a base URL.",
          "Name the file with letters, digits, - and _ only, ending in .yaml or .json.");
    }
    return name;
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new HiveException(
          ErrorCode.NO_FILE,
          file + " cannot be read: " + e,
          "Check its name and rights; it is UTF-8.");
    }
  }

  private static String resource(String name) {
    String file = "/hivedeck/flight/" + name + ".yaml";
    try (var in = Scenarios.class.getResourceAsStream(file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Files of one's own first. */
  public List<Scenario> all() {
    return List.copyOf(byName.values());
  }

  /** What is played where an agent asks for none. */
  public Optional<Scenario> standard() {
    return Optional.ofNullable(standard);
  }

  /**
   * @throws HiveException {@code no-scenario}
   */
  public Scenario find(String name) {
    var scenario = byName.get(name);
    if (scenario == null) {
      throw new HiveException(
          ErrorCode.NO_SCENARIO,
          "There is no scenario " + name + DidYouMean.to(name, byName.keySet()) + ".",
          "hivedeck simulate list tells those there are; a file of your own is given with"
              + " --scenario FILE.");
    }
    return scenario;
  }
}
