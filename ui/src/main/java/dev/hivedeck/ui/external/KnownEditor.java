package dev.hivedeck.ui.external;

import java.util.List;
import java.util.Optional;

/**
 * Editors that are looked for, those with a window first; in this order one is taken.
 *
 * <p>How each is started was read in its own manual: all of these take a folder and a file of it as
 * plain arguments, unless {@link #folders} says otherwise.
 */
enum KnownEditor {
  CODE("Visual Studio Code", "Visual Studio Code", "code", "code-insiders"),
  CURSOR("Cursor", "Cursor", "cursor"),
  WINDSURF("Windsurf", "Windsurf", "windsurf"),
  CODIUM("VSCodium", "VSCodium", "codium", "vscodium"),
  ZED("Zed", "Zed", "zed", "zeditor", "zedit"),
  IDEA(
      "IntelliJ IDEA",
      "IntelliJ IDEA",
      "idea",
      "idea64",
      "intellij-idea-ultimate",
      "intellij-idea-community"),
  PYCHARM("PyCharm", "PyCharm", "pycharm", "pycharm64", "pycharm-professional"),
  WEBSTORM("WebStorm", "WebStorm", "webstorm", "webstorm64"),
  GOLAND("GoLand", "GoLand", "goland", "goland64"),
  RUSTROVER("RustRover", "RustRover", "rustrover", "rustrover64"),
  CLION("CLion", "CLion", "clion", "clion64"),
  PHPSTORM("PhpStorm", "PhpStorm", "phpstorm", "phpstorm64"),
  RUBYMINE("RubyMine", "RubyMine", "rubymine", "rubymine64"),
  RIDER("Rider", "Rider", "rider", "rider64"),
  STUDIO("Android Studio", "Android Studio", "studio", "studio64", "android-studio"),
  SUBLIME("Sublime Text", "Sublime Text", "subl", "sublime_text"),
  KATE("Kate", null, "kate"),
  GVIM("gVim", null, "gvim"),
  NEOVIM("Neovim", false, true, "nvim"),
  VIM("Vim", false, true, "vim", "vi"),
  HELIX("Helix", false, true, "hx", "helix"),
  EMACS("Emacs", false, true, "emacs"),
  KAKOUNE("Kakoune", false, false, "kak"),
  MICRO("Micro", false, false, "micro"),
  NANO("nano", false, false, "nano", "pico");

  private final String title;
  private final String application;
  private final boolean window;
  private final boolean folders;
  private final List<String> commands;

  KnownEditor(String title, String application, String... commands) {
    this(title, application, true, true, commands);
  }

  KnownEditor(String title, boolean window, boolean folders, String... commands) {
    this(title, null, window, folders, commands);
  }

  KnownEditor(
      String title, String application, boolean window, boolean folders, String... commands) {
    this.title = title;
    this.application = application;
    this.window = window;
    this.folders = folders;
    this.commands = List.of(commands);
  }

  /** As its makers write it. */
  String title() {
    return title;
  }

  /** What macOS calls it among its applications; null where it has none. */
  String application() {
    return application;
  }

  /** Whether it opens a window of its own; else it needs a terminal. */
  boolean window() {
    return window;
  }

  /** Whether it shows a folder; else only files. */
  boolean folders() {
    return folders;
  }

  /** What it may be called on the PATH. */
  List<String> commands() {
    return commands;
  }

  /** The one of that command, whatever folder and suffix it has. */
  static Optional<KnownEditor> of(String command) {
    var name = command.substring(Math.max(command.lastIndexOf('/'), command.lastIndexOf('\\')) + 1);
    var bare = name.replaceFirst("(?i)\\.(exe|cmd|bat|com)$", "");
    for (var editor : values()) {
      if (editor.commands.contains(bare)) {
        return Optional.of(editor);
      }
    }
    return Optional.empty();
  }
}
