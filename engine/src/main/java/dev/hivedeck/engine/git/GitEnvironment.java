package dev.hivedeck.engine.git;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The plain surroundings in which git is always run. */
final class GitEnvironment {

  /**
   * What git and what a user may have configured for it (filters, LFS, proxies, key agents) need to
   * know. The rest of the engine's environment, tokens for example, is none of their business.
   */
  private static final Set<String> PASSED =
      Set.of(
          "PATH",
          "HOME",
          "USER",
          "LOGNAME",
          "SHELL",
          "TMPDIR",
          "TMP",
          "TEMP",
          "LANG",
          "LC_CTYPE",
          "TZ",
          "XDG_CONFIG_HOME",
          "XDG_CACHE_HOME",
          "XDG_RUNTIME_DIR",
          "DBUS_SESSION_BUS_ADDRESS",
          "SSH_AUTH_SOCK",
          "GNUPGHOME",
          "LD_LIBRARY_PATH",
          "NIX_SSL_CERT_FILE",
          "SSL_CERT_FILE",
          "SSL_CERT_DIR",
          "HTTP_PROXY",
          "HTTPS_PROXY",
          "NO_PROXY",
          "ALL_PROXY",
          "PATHEXT",
          "COMSPEC",
          "SYSTEMROOT",
          "SYSTEMDRIVE",
          "WINDIR",
          "USERPROFILE",
          "USERNAME",
          "HOMEDRIVE",
          "HOMEPATH",
          "APPDATA",
          "LOCALAPPDATA",
          "PROGRAMDATA",
          "ALLUSERSPROFILE",
          "PROGRAMFILES",
          "PROGRAMFILES(X86)",
          "PROGRAMW6432",
          "COMMONPROGRAMFILES");

  /** What a user may have configured that would run programs, ask questions or change meanings. */
  static final List<String> PLAIN =
      plain(
          "core.hooksPath=" + Git.NOTHING,
          "core.fsmonitor=false",
          "core.quotePath=false",
          "core.safecrlf=false",
          "commit.gpgSign=false",
          "i18n.commitEncoding=UTF-8",
          "submodule.recurse=false",
          "gc.auto=0",
          "maintenance.auto=false",
          "advice.detachedHead=false",
          "advice.addEmbeddedRepo=false");

  private GitEnvironment() {}

  /** Leaves of the engine's environment what git may know, and adds what makes it plain. */
  static void prepare(Map<String, String> environment) {
    environment.keySet().removeIf(name -> !PASSED.contains(name.toUpperCase(Locale.ROOT)));
    environment.put("GIT_TERMINAL_PROMPT", "0");
    environment.put("GIT_NO_REPLACE_OBJECTS", "1");
    environment.put("GIT_OPTIONAL_LOCKS", "0");
    environment.put("LC_ALL", "C");
  }

  private static List<String> plain(String... settings) {
    var command = new ArrayList<>(List.of("git"));
    for (String setting : settings) {
      command.addAll(List.of("-c", setting));
    }
    return List.copyOf(command);
  }
}
