package dev.hivedeck.ui.external;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Decides in which program a folder opens, and with which words. What the person set counts first;
 * nothing that a repository holds is asked.
 */
public final class FolderOpener {
  /** The environment's word for the person's editor of Hivedeck alone, as git has GIT_EDITOR. */
  public static final String VARIABLE = "HIVEDECK_EDITOR";

  private static final String BATCH = "(?i).*\\.(cmd|bat)";

  /** What the command processor of Windows takes for more than a letter. */
  private static final String SPECIAL = ".*[&|<>^%!\"\\r\\n].*";

  private final ProgramSearch search;
  private final String setting;
  private final boolean here;

  /**
   * @param setting the person's editor of their settings; empty for none
   * @param here whether the person sits at a terminal that may be taken
   */
  public FolderOpener(ProgramSearch search, String setting, boolean here) {
    this.search = search;
    this.setting = setting.strip();
    this.here = here;
  }

  /** The editor in the settings of the desktop; empty where there is none. */
  public static String setting(Path settings) {
    try {
      return Files.isRegularFile(settings)
          ? Json.MAPPER.readTree(settings.toFile()).path("editor").asText("")
          : "";
    } catch (IOException e) {
      return ""; // The desktop sets a damaged file aside; here nothing is changed.
    }
  }

  /**
   * How a folder is opened.
   *
   * @param file a full path in it to be opened too; null for none
   * @param wanted a known editor or a command; null for what is set, else found
   * @throws HiveException {@code no-editor}, {@code no-terminal}, {@code no-file-manager}
   */
  public ProgramStart plan(OpenTarget target, Path folder, Path file, String wanted) {
    return switch (target) {
      case EDITOR -> edit(editor(wanted, file), folder, file);
      case TERMINAL -> terminal(folder);
      case FILES -> {
        var shower = fileManager();
        yield start(shower, folder, List.of(folder.toString()));
      }
    };
  }

  /** As {@link #plan}, and where there is no editor, in what shows folders. */
  public ProgramStart planOrShow(Path folder, Path file) {
    return setting.isEmpty() && editors().noneMatch(e -> fits(e, file))
        ? plan(OpenTarget.FILES, folder, null, null)
        : plan(OpenTarget.EDITOR, folder, file, null);
  }

  /** All editors that are found, the one that is taken first. */
  public List<ExternalProgram> found() {
    var once = new LinkedHashMap<String, ExternalProgram>();
    Stream.concat(chosen().stream(), editors()).forEach(e -> once.putIfAbsent(e.name(), e));
    return List.copyOf(once.values());
  }

  private ExternalProgram editor(String wanted, Path file) {
    if (wanted != null && !wanted.isBlank()) {
      return capable(named(wanted, "--editor"), file);
    }
    var chosen = chosen();
    if (chosen.isPresent()) {
      return capable(chosen.get(), file);
    }
    return editors()
        .filter(e -> fits(e, file))
        .findFirst()
        .orElseThrow(
            () ->
                new HiveException(
                    OpenTarget.EDITOR.missing(),
                    "No editor was found that opens " + (file == null ? "a folder" : "it") + ".",
                    "Set one in Settings under hive.yaml, Editor, or in "
                        + VARIABLE
                        + ", for example to code, idea, zed or vim."));
  }

  /** What the person set for Hivedeck. */
  private Optional<ExternalProgram> chosen() {
    var variable = search.variable(VARIABLE);
    if (!variable.isEmpty()) {
      return Optional.of(named(variable, VARIABLE));
    }
    return setting.isEmpty()
        ? Optional.empty()
        : Optional.of(named(setting, "the setting \"editor\""));
  }

  /** Those with a window first; among them, and among the others, what the environment names. */
  private Stream<ExternalProgram> editors() {
    var named =
        Stream.of("VISUAL", "EDITOR")
            .map(search::variable)
            .filter(v -> !v.isEmpty())
            .flatMap(v -> known(CommandWords.of(v), false).stream());
    var known = Stream.of(KnownEditor.values()).flatMap(e -> installed(e).stream());
    return Stream.concat(named, known)
        .filter(e -> !e.window() || search.windowed())
        .sorted(Comparator.comparing(e -> !e.window()));
  }

  private Optional<ExternalProgram> installed(KnownEditor editor) {
    for (var command : editor.commands()) {
      var place = search.find(command);
      if (place.isPresent()) {
        return Optional.of(program(editor, List.of(place.get().toString())));
      }
    }
    return Optional.ofNullable(editor.application())
        .flatMap(search::application)
        .map(app -> program(editor, List.of("/usr/bin/open", "-a", app.toString())));
  }

  private static ExternalProgram program(KnownEditor editor, List<String> command) {
    return new ExternalProgram(editor.title(), command, editor.window(), editor.folders(), true);
  }

  /**
   * A command that the person gave.
   *
   * @param place where they did
   */
  private ExternalProgram named(String text, String place) {
    var words = CommandWords.of(text);
    var known =
        Stream.of(KnownEditor.values())
            .filter(e -> e.title().equalsIgnoreCase(text) || e.commands().contains(text))
            .findFirst()
            .flatMap(this::installed);
    return known
        .or(() -> known(words, true))
        .orElseThrow(
            () ->
                new HiveException(
                    OpenTarget.EDITOR.missing(),
                    "There is no program "
                        + (words.isEmpty() ? "\"\"" : words.getFirst())
                        + ", which "
                        + place
                        + " names.",
                    "Give a name on the PATH or a full path; found were: " + names() + "."));
  }

  private String names() {
    var all = editors().map(ExternalProgram::name).distinct().toList();
    return all.isEmpty() ? "none" : String.join(", ", all);
  }

  /**
   * @param window whether one that is not known has a window of its own
   */
  private Optional<ExternalProgram> known(List<String> words, boolean window) {
    if (words.isEmpty()) {
      return Optional.empty();
    }
    return search
        .find(words.getFirst())
        .map(
            place -> {
              var command = new ArrayList<>(words);
              command.set(0, place.toString());
              var editor = KnownEditor.of(words.getFirst());
              return editor
                  .map(e -> program(e, command))
                  .orElseGet(
                      () -> new ExternalProgram(words.getFirst(), command, window, true, true));
            });
  }

  private static boolean fits(ExternalProgram editor, Path file) {
    return file != null || editor.folders();
  }

  private static ExternalProgram capable(ExternalProgram editor, Path file) {
    if (!fits(editor, file)) {
      throw new HiveException(
          OpenTarget.EDITOR.missing(),
          editor.name() + " opens files, not folders.",
          "Name another editor, or open a terminal there: --terminal.");
    }
    return editor;
  }

  private ProgramStart edit(ExternalProgram editor, Path folder, Path file) {
    var paths = new ArrayList<String>();
    if (editor.window() || file == null) {
      paths.add(folder.toString());
    }
    if (file != null && editor.edits() && Files.isRegularFile(file)) {
      paths.add(file.toString());
    }
    if (editor.window()) {
      return start(editor, folder, paths);
    }
    var words = new ArrayList<>(editor.command());
    if (editor.name().equals(KnownEditor.EMACS.title())) {
      words.add("--no-window-system");
    }
    words.addAll(paths);
    return here
        ? new ProgramStart(editor.name(), words, folder, true)
        : inTerminal(folder, words, editor.name());
  }

  private ProgramStart terminal(Path folder) {
    if (here && !search.variable("TMUX").isEmpty()) {
      var tmux = search.find("tmux");
      if (tmux.isPresent()) {
        return new ProgramStart(
            "tmux",
            List.of(tmux.get().toString(), "new-window", "-c", folder.toString()),
            folder,
            false);
      }
    }
    return inTerminal(folder, List.of(), null);
  }

  /**
   * @param editor what runs in it; null for the person's shell
   */
  private ProgramStart inTerminal(Path folder, List<String> command, String editor) {
    if (search.windows()) {
      return windowsTerminal(folder, command, editor);
    }
    var terminal = terminalWords();
    if (terminal.isPresent()) {
      var words = KnownTerminal.words(terminal.get(), folder.toString(), command);
      return new ProgramStart(editor == null ? name(words) : editor, words, folder, false);
    }
    if (search.mac() && command.isEmpty()) {
      var app = search.application("iTerm").isPresent() ? "iTerm" : "Terminal";
      return new ProgramStart(
          app, List.of("/usr/bin/open", "-a", app, folder.toString()), folder, false);
    }
    if (here && command.isEmpty()) {
      var shell = search.find(search.variable("SHELL")).map(Path::toString).orElse("/bin/sh");
      return new ProgramStart(shell, List.of(shell), folder, true);
    }
    throw new HiveException(
        OpenTarget.TERMINAL.missing(),
        "No terminal was found" + (editor == null ? "." : " for " + editor + "."),
        "Set TERMINAL to its command, or go there yourself: cd "
            + "\"$(hivedeck open … --path)\".");
  }

  private static String name(List<String> words) {
    return Path.of(words.getFirst()).getFileName().toString();
  }

  private Optional<List<String>> terminalWords() {
    if (!search.mac() && !search.windowed()) {
      return Optional.empty();
    }
    var set = CommandWords.of(search.variable("TERMINAL"));
    if (!set.isEmpty()) {
      var place = search.find(set.getFirst());
      if (place.isPresent()) {
        set.set(0, place.get().toString());
        return Optional.of(set);
      }
    }
    return Stream.of(KnownTerminal.values())
        .flatMap(t -> search.find(t.command()).stream())
        .findFirst()
        .map(place -> List.of(place.toString()));
  }

  private ProgramStart windowsTerminal(Path folder, List<String> command, String editor) {
    var words = new ArrayList<String>();
    var terminal = search.find("wt");
    if (terminal.isPresent()) {
      words.addAll(List.of(terminal.get().toString(), "-d", folder.toString()));
      words.addAll(command);
      // To Windows Terminal a semicolon begins another tab.
      words.replaceAll(word -> word.replace(";", "\\;"));
    } else {
      words.add(search.find("conhost").map(Path::toString).orElse("conhost.exe"));
      words.addAll(
          command.isEmpty()
              ? List.of(search.find("powershell").map(Path::toString).orElse("powershell.exe"))
              : command);
    }
    return new ProgramStart(editor == null ? name(words) : editor, words, folder, false);
  }

  private ExternalProgram fileManager() {
    var command = search.windows() ? "explorer" : search.mac() ? "open" : "xdg-open";
    return Optional.of(command)
        .filter(c -> search.windowed())
        .flatMap(search::find)
        .map(place -> new ExternalProgram(command, List.of(place.toString()), true, true, false))
        .orElseThrow(
            () ->
                new HiveException(
                    OpenTarget.FILES.missing(),
                    search.windowed()
                        ? "There is no " + command + " on the PATH, which shows folders."
                        : "No window can be opened here: neither DISPLAY nor WAYLAND_DISPLAY is"
                            + " set.",
                    "Open a terminal there with --terminal, or print the path with --path."));
  }

  private ProgramStart start(ExternalProgram program, Path folder, List<String> paths) {
    var words = new ArrayList<>(program.command());
    words.addAll(paths);
    if (search.windows()
        && words.getFirst().matches(BATCH)
        && paths.stream().anyMatch(path -> path.matches(SPECIAL))) {
      throw new HiveException(
          OpenTarget.EDITOR.missing(),
          program.name() + " is started by a batch file, which would misread " + folder + ".",
          "Set the editor to its .exe file.");
    }
    return new ProgramStart(program.name(), words, folder, false);
  }
}
