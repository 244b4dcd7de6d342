package dev.hivedeck.engine.process;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a tree of processes may see and change of this machine. It sees the rest of it as it is, and
 * cannot change it. A place within another goes by what is said of itself.
 *
 * @param temporary a folder of its own, where the machine's folder for temporary files would be; in
 *     nothing that it may change, where it could put a link in its place
 * @param writable what it may change, for example its own folder
 * @param readable what it may read though it lies in something hidden
 * @param hidden what it may not read, and does not see
 * @param network whether it may use the network
 */
public record SandboxPolicy(
    Path temporary, List<Path> writable, List<Path> readable, List<Path> hidden, boolean network) {

  public SandboxPolicy {
    Path apart = real(temporary);
    for (Path own : writable) {
      if (apart.startsWith(real(own))) {
        throw new HiveException(
            ErrorCode.NO_SANDBOX,
            "What may be changed in the sandbox, %s, contains %s, which nobody in it may replace."
                .formatted(own, temporary),
            "Name less at caches:, or keep Hivedeck's data elsewhere with HIVEDECK_HOME.");
      }
    }
  }

  /** More links in a folder of programs are not followed. */
  private static final int MOST = 2_000;

  /** Where people and their programs keep what gives access elsewhere, below their home. */
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
          ".config/containers",
          ".config/helm",
          ".config/NuGet",
          ".config/pip",
          ".config/pypoetry",
          ".config/scw",
          ".config/openstack",
          ".config/netlify",
          ".config/.wrangler",
          ".config/sops",
          ".config/github-copilot",
          ".config/goose",
          ".config/fish/fish_variables",
          ".pip",
          ".pulumi",
          ".databrickscfg",
          ".1password",
          ".bitwarden-ssh-agent.sock",
          ".bundle/config",
          ".local/share/gem/credentials",
          ".local/share/uv/credentials",
          ".local/share/opencode",
          ".local/share/fish",
          ".local/share/helm",
          ".cache/huggingface",
          ".huggingface",
          ".pub-cache/credentials.json",
          ".sbt",
          ".ivy2/.credentials",
          ".claude",
          ".claude.json",
          ".codex",
          ".gemini",
          ".Xauthority",
          ".ICEauthority",
          ".config/vivaldi",
          ".config/opera",
          ".config/google-chrome-beta",
          ".librewolf",
          ".sqlite_history",
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
      List.of(
          "/etc/shadow",
          "/etc/shadow-", // what the tools that change it leave
          "/etc/gshadow",
          "/etc/gshadow-",
          "/etc/security/opasswd",
          "/etc/sudoers",
          "/etc/sudoers.d",
          "/etc/ssh");

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
   * Below a home, where programs are installed and nothing else is kept. What else a program needs
   * of it is for its owner to name.
   */
  private static final List<String> PROGRAMS =
      List.of(
          "bin",
          ".local/bin",
          ".local/lib",
          ".local/libexec",
          ".local/opt",
          ".local/pipx",
          ".local/share/pipx",
          ".local/share/uv/tools",
          ".local/share/uv/python",
          ".local/share/claude",
          ".local/share/cursor-agent",
          ".local/share/mise",
          ".local/share/rtx",
          ".local/share/fnm",
          ".local/share/nvm",
          ".local/share/pnpm",
          ".local/share/virtualenvs",
          ".local/share/coursier",
          ".local/share/swiftly",
          ".claude/local",
          ".opencode/bin",
          ".nvm",
          ".fnm",
          ".volta/bin",
          ".volta/tools",
          ".nodenv",
          ".npm-global",
          ".npm-packages",
          ".yarn/bin",
          ".config/yarn/global",
          ".bun/bin",
          ".bun/install/global",
          ".deno/bin",
          ".asdf",
          ".pyenv",
          ".pixi/bin",
          ".pixi/envs",
          ".rye/shims",
          ".rye/py",
          ".rye/tools",
          ".virtualenvs",
          ".conda/envs",
          "miniconda3",
          "miniforge3",
          "mambaforge",
          "anaconda3",
          ".rbenv",
          ".rvm",
          ".gem/ruby",
          ".local/share/gem/ruby",
          ".sdkman",
          ".jenv",
          ".jbang/bin",
          ".jdks",
          ".cargo/bin",
          ".cargo/env",
          ".rustup",
          ".goenv",
          "go/bin",
          "go/pkg",
          "sdk",
          ".dotnet",
          ".ghcup",
          ".cabal/bin",
          ".opam",
          ".juliaup",
          ".julia/juliaup",
          ".elan",
          ".nix-profile",
          ".guix-profile",
          ".linuxbrew",
          "perl5",
          ".gitconfig",
          ".gitignore",
          ".gitignore_global",
          ".gitattributes",
          ".gitmessage",
          ".config/git/config",
          ".config/git/ignore",
          ".config/git/attributes");

  /** What stands beside a {@code bin}, and what is run from there needs. */
  private static final List<String> BESIDE =
      List.of("lib", "lib64", "libexec", "share", "include", "versions", "conf", "jmods");

  private static final List<String> SHARED =
      List.of(
          "",
          ".local",
          ".local/share",
          ".local/state",
          ".config",
          ".cache",
          "Library",
          "Library/Application Support");

  /** Variables that say where keys and sign-ins lie; of some, in what is below. */
  private static final List<String> NAMED =
      List.of(
          "GNUPGHOME",
          "AWS_SHARED_CREDENTIALS_FILE",
          "AWS_CONFIG_FILE",
          "AZURE_CONFIG_DIR",
          "CLOUDSDK_CONFIG",
          "KUBECONFIG",
          "DOCKER_CONFIG",
          "REGISTRY_AUTH_FILE",
          "HELM_REGISTRY_CONFIG",
          "NPM_CONFIG_USERCONFIG",
          "npm_config_userconfig",
          "PIP_CONFIG_FILE",
          "CARGO_HOME/credentials.toml",
          "CARGO_HOME/credentials",
          "GOOGLE_APPLICATION_CREDENTIALS",
          "PULUMI_HOME",
          "TF_CLI_CONFIG_FILE",
          "RCLONE_CONFIG",
          "GH_CONFIG_DIR",
          "SOPS_AGE_KEY_FILE",
          "ANSIBLE_VAULT_PASSWORD_FILE",
          "PGPASSFILE",
          "BOTO_CONFIG",
          "NETRC",
          "XAUTHORITY",
          "HISTFILE",
          "PASSWORD_STORE_DIR",
          "CODEX_HOME",
          "CLAUDE_CONFIG_DIR",
          "XDG_CONFIG_HOME",
          "XDG_DATA_HOME",
          "XDG_STATE_HOME",
          "XDG_CACHE_HOME");

  /** A home that is one of these, or around one, is no home of a person alone. */
  private static final List<Path> SYSTEM =
      Stream.of(
              "/usr/bin",
              "/bin",
              "/lib",
              "/etc",
              "/proc",
              "/dev",
              "/tmp",
              "/opt",
              "/var/lib",
              "/System",
              "/Library",
              "/Applications")
          .map(Path::of)
          .toList();

  /**
   * The homes of whoever runs this: that of the account, and the one that programs are told.
   *
   * @param account the home of the account
   */
  public static List<Path> homes(Path account, Map<String, String> environment) {
    return Stream.of(account.toString(), environment.getOrDefault("HOME", ""))
        .filter(home -> home.startsWith("/"))
        .map(home -> real(Path.of(home)))
        .filter(home -> SYSTEM.stream().noneMatch(system -> system.startsWith(home)))
        .distinct()
        .toList();
  }

  /**
   * What is nobody else's business.
   *
   * @param account the home of the account; where it is a person's alone, all of it is hidden
   * @param environment where variables say that some of it lies elsewhere
   */
  public static List<Path> hidden(Path account, Map<String, String> environment) {
    var hidden = new ArrayList<>(homes(account, environment));
    Stream.of(account.toString(), environment.getOrDefault("HOME", ""))
        .filter(home -> home.startsWith("/"))
        .distinct()
        .forEach(home -> PRIVATE.forEach(place -> hidden.add(Path.of(home, place))));
    OF_THE_MACHINE.forEach(place -> hidden.add(Path.of(place)));
    for (String named : NAMED) {
      int slash = named.indexOf('/');
      String variable = slash < 0 ? named : named.substring(0, slash);
      for (String place : environment.getOrDefault(variable, "").split(File.pathSeparator)) {
        if (place.startsWith("/")) {
          hidden.add(slash < 0 ? Path.of(place) : Path.of(place, named.substring(slash + 1)));
        }
      }
    }
    return List.copyOf(hidden);
  }

  /**
   * What of hidden homes may be read, so that programs run as they do outside: where they are
   * installed, what {@code PATH} leads to, what the command itself names, and how git is set up.
   *
   * @param command for the shell
   * @param writable where agents may have put links, which are not followed
   */
  public static List<Path> programs(
      List<Path> homes, Map<String, String> environment, String command, List<Path> writable) {
    var programs = new LinkedHashSet<Path>();
    for (Path home : homes) {
      PROGRAMS.forEach(place -> programs.add(home.resolve(place)));
      String path = environment.getOrDefault("PATH", "") + File.pathSeparator;
      for (String folder : (path + environment.getOrDefault("JAVA_HOME", "")).split(":")) {
        if (folder.startsWith("/") && writable.stream().noneMatch(Path.of(folder)::startsWith)) {
          installed(Path.of(folder), home, programs);
        }
      }
      Matcher m = IN_COMMAND.matcher(command == null ? "" : command);
      while (m.find()) {
        String word = m.group().replaceFirst("^(~|\\$HOME|\\$\\{HOME\\})(?=/)", home.toString());
        named(Path.of(word).normalize(), home, programs);
      }
    }
    var known = homes.stream().flatMap(home -> PROGRAMS.stream().map(home::resolve)).toList();
    var secret = homes.stream().flatMap(home -> PRIVATE.stream().map(home::resolve)).toList();
    return programs.stream()
        .filter(Files::exists)
        .filter(
            place ->
                known.contains(place) || secret.stream().noneMatch(s -> real(place).startsWith(s)))
        .toList();
  }

  private static final Pattern IN_COMMAND =
      Pattern.compile("(?<![\\w./-])(~|\\$HOME|\\$\\{HOME\\})?/[^\\s\"'`;&|()<>$:,]+");

  /** A script finds others beside it; a file among settings is none. */
  private static void named(Path place, Path home, Set<Path> programs) {
    Path in = place.getParent();
    if (!place.startsWith(home) || place.equals(home)) {
      return;
    }
    boolean plain = !in.equals(home) && !home.relativize(in).toString().matches("(.*/)?\\..*");
    add(plain && Files.isRegularFile(place) ? in : place, home, programs);
  }

  private static void add(Path place, Path home, Set<Path> programs) {
    if (place.startsWith(home) && !place.equals(home)) {
      programs.add(place);
    }
  }

  /** A folder of programs, what they need beside it, and where links in it lead. */
  private static void installed(Path folder, Path home, Set<Path> programs) {
    if (!folder.startsWith(home) || folder.equals(home)) {
      return;
    }
    programs.add(folder);
    if (folder.endsWith("bin")) {
      beside(folder, home, programs);
    }
    try (var entries = Files.list(folder)) {
      entries
          .filter(Files::isSymbolicLink)
          .limit(MOST)
          .map(SandboxPolicy::real)
          .filter(target -> target.startsWith(home) && !target.startsWith(folder))
          .forEach(
              target -> {
                Path in = target.getParent();
                boolean own = in.endsWith("bin") || in.getNameCount() > home.getNameCount() + 1;
                add(own && !shared(in, home) ? in : target, home, programs);
                if (in.endsWith("bin")) {
                  beside(in, home, programs);
                }
                modules(target).ifPresent(modules -> add(modules, home, programs));
              });
    } catch (IOException | UncheckedIOException e) {
      // What cannot be listed is not run from either.
    }
  }

  /** Of a folder that lies right below a home only what belongs to programs. */
  private static void beside(Path bin, Path home, Set<Path> programs) {
    Path whole = bin.getParent();
    if (shared(whole, home)) {
      return;
    }
    if (whole.startsWith(home) && whole.getNameCount() > home.getNameCount() + 1) {
      programs.add(whole);
    } else {
      BESIDE.forEach(name -> add(whole.resolve(name), home, programs));
    }
  }

  /** Whether all kinds of programs keep things of their own there. */
  private static boolean shared(Path folder, Path home) {
    return SHARED.stream().map(home::resolve).anyMatch(folder::equals);
  }

  /** Where a script of Node's finds what it requires. */
  private static Optional<Path> modules(Path script) {
    for (Path above = script; above != null; above = above.getParent()) {
      if (above.endsWith("node_modules")) {
        return Optional.of(above);
      }
    }
    return Optional.empty();
  }

  /**
   * What of it may be shown. A link in a place that may be changed was perhaps put there by an
   * agent, so it shows nothing of what it leads to.
   */
  List<Path> shown(List<Path> places) {
    return places.stream().filter(place -> !astray(place)).toList();
  }

  private boolean astray(Path place) {
    Path named = place.toAbsolutePath().normalize();
    return writable.stream()
        .filter(own -> within(named, own.toAbsolutePath().normalize()))
        .anyMatch(own -> !real(place).startsWith(real(own)));
  }

  /**
   * The folders between a place that may be changed and one in it of which something else is said.
   * Whoever could move such a folder would take that place with it, out of what is said of it.
   */
  List<Path> ways() {
    var ways = new LinkedHashSet<Path>();
    var apart = real(Stream.concat(hidden.stream(), readable.stream()));
    var changed = real(writable.stream());
    for (Path own : changed) {
      Stream.concat(apart.stream(), changed.stream())
          .filter(place -> within(place, own))
          .flatMap(
              place -> Stream.iterate(place.getParent(), way -> !way.equals(own), Path::getParent))
          .filter(way -> apart.stream().noneMatch(p -> way.startsWith(p) && within(p, own)))
          .forEach(ways::add);
    }
    return List.copyOf(ways);
  }

  private static List<Path> real(Stream<Path> places) {
    return places.map(SandboxPolicy::real).toList();
  }

  private static boolean within(Path place, Path folder) {
    return place.startsWith(folder) && !place.equals(folder);
  }

  static Path real(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      return path.toAbsolutePath().normalize();
    }
  }
}
