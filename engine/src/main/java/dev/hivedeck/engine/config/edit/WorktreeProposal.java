package dev.hivedeck.engine.config.edit;

import dev.hivedeck.engine.protocol.Config.ProposedLine;
import dev.hivedeck.engine.protocol.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The lines of {@code worktree:}, each with what says so: files of other orchestrators first, then
 * lock files and what else lies there.
 */
final class WorktreeProposal {
  /** What is a text in YAML as it stands. */
  private static final Pattern PLAIN =
      Pattern.compile(
          "\\.env[a-z.]*|[A-Za-z./_]+[A-Za-z0-9./_-]*[ /][A-Za-z0-9 ./_=&;$-]*[A-Za-z0-9./_=$-]");

  private final Path root;
  private final List<LanguageProposal> languages;
  private final List<OrchestratorFile> files;

  private WorktreeProposal(Path root, List<LanguageProposal> languages) {
    this.root = root;
    this.languages = languages;
    this.files = OrchestratorFile.in(root);
  }

  /** Empty where nothing is needed. */
  static List<ProposedLine> lines(Path root, List<LanguageProposal> languages) {
    return new WorktreeProposal(root, languages).lines();
  }

  private List<ProposedLine> lines() {
    var lines = new ArrayList<ProposedLine>();
    copy(lines);
    link(lines);
    setup(lines);
    said("teardown", OrchestratorFile::teardown).ifPresent(lines::add);
    said("run", OrchestratorFile::run).ifPresent(lines::add);
    ports(lines);
    if (Files.isRegularFile(root.resolve(".gitmodules"))) {
      lines.add(ConfigProposal.said("  submodules: true", ".gitmodules"));
    }
    if (LanguageProposal.text(root.resolve(".gitattributes")).contains("filter=lfs")) {
      lines.add(ConfigProposal.said("  lfs: true", ".gitattributes"));
    }
    if (!lines.isEmpty()) {
      lines.addFirst(
          ConfigProposal.said("worktree:", "before an agent begins, and before gates judge"));
    }
    for (var file : files) {
      if (file.wrong() != null) {
        lines.addFirst(
            ConfigProposal.said("", file.name() + " was not read: " + file.wrong() + "."));
      }
    }
    return lines;
  }

  /** A pattern that several say is from the first of them. */
  private void copy(List<ProposedLine> lines) {
    Map<String, String> from = new LinkedHashMap<>();
    for (var file : files) {
      file.preserve().forEach(pattern -> from.putIfAbsent(pattern, file.name()));
    }
    if (Files.isRegularFile(root.resolve(".env"))) {
      from.putIfAbsent(".env", "");
    }
    if (from.isEmpty()) {
      return;
    }
    String patterns =
        from.keySet().stream().map(WorktreeProposal::scalar).collect(Collectors.joining(", "));
    String files =
        from.values().stream()
            .filter(f -> !f.isEmpty())
            .distinct()
            .collect(Collectors.joining(", "));
    lines.add(
        ConfigProposal.said(
            "  copy: [" + patterns + "]",
            (files.isEmpty() ? "" : "from " + files + "; ") + "where git ignores it"));
  }

  /** Packages that somebody installed, where no lock file says how to install them anew. */
  private void link(List<ProposedLine> lines) {
    var folders =
        languages.stream()
            .flatMap(l -> Stream.ofNullable(l.installed()))
            .distinct()
            .map(WorktreeProposal::scalar)
            .toList();
    if (!folders.isEmpty() && files.stream().allMatch(file -> file.setup() == null)) {
      lines.add(
          ConfigProposal.said(
              "  link: [" + String.join(", ", folders) + "]", "installed here, and no lock file"));
    }
  }

  private void setup(List<ProposedLine> lines) {
    var said = said("setup", OrchestratorFile::setup);
    if (said.isPresent()) {
      lines.add(said.get());
      return;
    }
    var setups = languages.stream().flatMap(l -> Stream.ofNullable(l.setup())).toList();
    if (!setups.isEmpty()) {
      lines.add(
          ConfigProposal.said(
              "  setup: " + scalar(String.join(" && ", setups)), "as a lock file says"));
    }
  }

  /** As the first file has it that says anything. */
  private Optional<ProposedLine> said(
      String key, Function<OrchestratorFile, @Nullable String> part) {
    return files.stream()
        .filter(file -> part.apply(file) != null)
        .findFirst()
        .map(
            file ->
                ConfigProposal.said(
                    "  %s: %s".formatted(key, scalar(Objects.requireNonNull(part.apply(file)))),
                    "from " + file.name()));
  }

  private void ports(List<ProposedLine> lines) {
    var with = files.stream().filter(file -> file.setup() != null || file.run() != null).toList();
    int most = with.stream().mapToInt(OrchestratorFile::ports).max().orElse(0);
    with.stream()
        .filter(file -> file.ports() == most)
        .findFirst()
        .ifPresent(
            file ->
                lines.add(
                    ConfigProposal.said(
                        "  ports: " + most, "as scripts of " + file.name() + " have")));
  }

  /** A command within braces, where commas and brackets end it. */
  static String inline(String command) {
    return command.matches("[A-Za-z0-9 ./_=&-]+") ? command : Json.write(command);
  }

  /** What JSON quotes, YAML reads. */
  private static String scalar(String text) {
    return PLAIN.matcher(text).matches() ? text : Json.write(text);
  }
}
