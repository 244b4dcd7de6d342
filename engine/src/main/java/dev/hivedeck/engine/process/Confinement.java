package dev.hivedeck.engine.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a tree of processes may see and change of this machine. It sees the rest of it as it is, and
 * cannot change it. A place within another goes by what is said of itself.
 *
 * @param temporary a folder of its own, where the machine's folder for temporary files would be
 * @param writable what it may change, for example its own folder
 * @param readable what it may read though it lies in something hidden
 * @param hidden what it may not read, and does not see
 * @param network whether it may use the network
 */
public record Confinement(
    Path temporary, List<Path> writable, List<Path> readable, List<Path> hidden, boolean network) {

  /** Where people and their programs keep what opens other doors, below their home. */
  private static final List<String> PRIVATE =
      List.of(
          ".ssh",
          ".gnupg",
          ".aws",
          ".azure",
          ".config/gcloud",
          ".kube",
          ".docker",
          ".oci",
          ".config/doctl",
          ".config/hcloud",
          ".config/rclone",
          ".config/op",
          ".config/gh",
          ".config/glab-cli",
          ".config/hub",
          ".config/git/credentials",
          ".git-credentials",
          ".netrc",
          ".npmrc",
          ".yarnrc.yml",
          ".pypirc",
          ".gem/credentials",
          ".cargo/credentials",
          ".cargo/credentials.toml",
          ".composer/auth.json",
          ".config/composer/auth.json",
          ".nuget/NuGet",
          ".m2/settings.xml",
          ".m2/settings-security.xml",
          ".gradle/gradle.properties",
          ".terraform.d",
          ".terraformrc",
          ".vault-token",
          ".pgpass",
          ".my.cnf",
          ".s3cfg",
          ".boto",
          ".fly",
          ".password-store",
          ".local/share/keyrings",
          ".local/share/kwalletd",
          ".config/Bitwarden",
          ".config/1Password",
          ".mozilla",
          ".thunderbird",
          ".config/google-chrome",
          ".config/chromium",
          ".config/BraveSoftware",
          ".config/microsoft-edge",
          ".var/app",
          "snap",
          ".bash_history",
          ".zsh_history",
          ".python_history",
          ".node_repl_history",
          ".psql_history",
          ".mysql_history",
          "Library/Keychains",
          "Library/Cookies",
          "Library/Application Support/Google/Chrome",
          "Library/Application Support/Firefox",
          "Library/Application Support/com.apple.TCC");

  /** The same elsewhere on the machine; only an administrator could read them anyway. */
  private static final List<String> OF_THE_MACHINE =
      List.of("/etc/shadow", "/etc/gshadow", "/etc/sudoers", "/etc/sudoers.d", "/etc/ssh");

  /** Variables that lead to agents and buses outside. */
  static final List<String> DOORS =
      List.of(
          "XDG_RUNTIME_DIR",
          "SSH_AUTH_SOCK",
          "SSH_AGENT_PID",
          "GPG_AGENT_INFO",
          "DBUS_SESSION_BUS_ADDRESS",
          "DISPLAY",
          "WAYLAND_DISPLAY",
          "XAUTHORITY",
          "DOCKER_HOST");

  /**
   * What is nobody else's business.
   *
   * @param user the user's home
   * @param environment where variables say that some of it lies elsewhere
   */
  public static List<Path> hidden(Path user, Map<String, String> environment) {
    var hidden = new ArrayList<Path>();
    PRIVATE.forEach(place -> hidden.add(user.resolve(place)));
    OF_THE_MACHINE.forEach(place -> hidden.add(Path.of(place)));
    for (String variable :
        List.of(
            "GNUPGHOME",
            "AWS_SHARED_CREDENTIALS_FILE",
            "AWS_CONFIG_FILE",
            "AZURE_CONFIG_DIR",
            "CLOUDSDK_CONFIG",
            "KUBECONFIG",
            "DOCKER_CONFIG",
            "NPM_CONFIG_USERCONFIG",
            "GOOGLE_APPLICATION_CREDENTIALS",
            "NETRC",
            "PASSWORD_STORE_DIR")) {
      String place = environment.getOrDefault(variable, "");
      if (place.startsWith("/")) {
        hidden.add(Path.of(place));
      }
    }
    return List.copyOf(hidden);
  }
}
