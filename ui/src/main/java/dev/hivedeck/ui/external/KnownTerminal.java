package dev.hivedeck.ui.external;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Terminals that are looked for, in this order. Each begins in a folder, by an option of its own or
 * because it is started there, and runs a command of several words without a shell between.
 */
enum KnownTerminal {
  // What the system was told to take; it is started in the folder.
  SYSTEM("x-terminal-emulator", List.of(), List.of("-e")),
  GHOSTTY("ghostty", List.of("--working-directory={}"), List.of("-e")),
  KITTY("kitty", List.of("--directory={}"), List.of()),
  WEZTERM("wezterm", List.of("start", "--cwd={}"), List.of("--")),
  ALACRITTY("alacritty", List.of("--working-directory={}"), List.of("-e")),
  FOOT("foot", List.of("--working-directory={}"), List.of()),
  PTYXIS("ptyxis", List.of("--new-window", "--working-directory={}"), List.of("--")),
  GNOME("gnome-terminal", List.of("--working-directory={}"), List.of("--")),
  KONSOLE("konsole", List.of("--workdir", "{}"), List.of("-e")),
  XFCE("xfce4-terminal", List.of("--working-directory={}"), List.of("-x")),
  XTERM("xterm", List.of(), List.of("-e"));

  private final String command;
  private final List<String> folder;
  private final List<String> run;

  KnownTerminal(String command, List<String> folder, List<String> run) {
    this.command = command;
    this.folder = folder;
    this.run = run;
  }

  String command() {
    return command;
  }

  /**
   * The words that open it.
   *
   * @param program where it is
   * @param command what runs in it; empty for the person's shell
   */
  static List<String> words(List<String> program, String folder, List<String> command) {
    var known = of(program.getFirst());
    var words = new ArrayList<>(program);
    known.ifPresent(t -> t.folder.forEach(word -> words.add(word.replace("{}", folder))));
    if (!command.isEmpty()) {
      words.addAll(known.map(t -> t.run).orElse(List.of("-e")));
      words.addAll(command);
    }
    return words;
  }

  private static Optional<KnownTerminal> of(String program) {
    var name = program.substring(program.lastIndexOf('/') + 1);
    for (var terminal : values()) {
      if (terminal.command.equals(name)) {
        return Optional.of(terminal);
      }
    }
    return Optional.empty();
  }
}
