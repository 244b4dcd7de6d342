package dev.hivedeck.engine.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.hivedeck.engine.file.Folders;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What a held process sees of its owner's home, asked of a shell that is held. */
@EnabledOnOs(OS.LINUX)
class SandboxedProcessTest {
  @TempDir Path folder;

  /** Not below the folder for temporary files, of which a held process has its own. */
  private Path place;

  private Path home;
  private Path work;
  private ProcessTree tree;
  private OutputStream in;
  private BufferedReader out;

  @BeforeEach
  void set() throws IOException {
    assumeTrue(SandboxLauncher.here().works(), SandboxLauncher.here().words());
    place = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "held");
    home = Files.createDirectory(place.resolve("home"));
    work = Files.createDirectories(home.resolve(".local/share/hivedeck/work"));
  }

  @AfterEach
  void end() throws IOException {
    if (tree != null) {
      tree.end();
    }
    if (place != null) {
      Folders.delete(place);
    }
  }

  private void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  /** As programs do that write their settings anew. */
  private void anew(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Path other = Files.writeString(file.resolveSibling("other"), text);
    Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private void begin(Map<String, String> environment, String command) throws IOException {
    begin(environment, command, List.of(), List.of());
  }

  private void begin(
      Map<String, String> environment, String command, List<Path> caches, List<Path> read)
      throws IOException {
    var writable = new ArrayList<>(caches);
    writable.add(work);
    var hidden = new ArrayList<>(SandboxPolicy.hidden(home, environment));
    hidden.add(home.resolve(".local/share/hivedeck"));
    var homes = SandboxPolicy.homes(home, environment);
    tree =
        ProcessTree.start(
            "exec sh",
            work,
            Map.of("HOME", home.toString(), "PATH", path(environment)),
            ResourceQuota.NONE,
            new SandboxPolicy(
                Files.createDirectories(folder.resolve("tmp")),
                writable,
                Stream.concat(
                        read.stream(),
                        SandboxPolicy.programs(homes, environment, command, caches).stream())
                    .toList(),
                hidden,
                false));
    in = tree.process().getOutputStream();
    out = tree.process().inputReader();
    assertThat(said("echo here")).containsExactly("here");
  }

  private static String path(Map<String, String> environment) {
    return environment.getOrDefault("PATH", "") + ":" + System.getenv("PATH");
  }

  private List<String> said(String command) throws IOException {
    in.write(
        ("{ " + command + "\n} 2> /dev/null; echo '<end>'\n").getBytes(StandardCharsets.UTF_8));
    in.flush();
    var lines = new ArrayList<String>();
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.equals("<end>")) {
        return lines;
      }
      lines.add(line);
    }
    throw new IOException("it ended: " + lines);
  }

  @Test
  void whatItsOwnerWritesLaterIsNotSeenEither() throws Exception {
    Path kube = place.resolve("etc/kube.conf");
    write(kube, "SECRET");
    write(place.resolve("etc/plain"), "plain\n");
    write(home.resolve(".npmrc"), "SECRET");
    write(home.resolve(".config/gh/hosts.yml"), "SECRET");
    write(home.resolve("notes.txt"), "SECRET");
    begin(Map.of("KUBECONFIG", "/nowhere:" + kube), "");
    String look = "grep -rsl SECRET " + place + "; ls -A " + home;
    assertThat(said(look)).containsExactly(".local");
    for (String file :
        List.of(".npmrc", ".netrc", ".aws/credentials", ".config/gh/hosts.yml", ".cargo/x")) {
      anew(home.resolve(file), "SECRET");
    }
    anew(kube, "SECRET");
    assertThat(said(look)).containsExactly(".local");
    assertThat(said("cat " + place + "/etc/plain")).containsExactly("plain");
    assertThat(said("touch " + home + "/x " + place + "/etc/x || echo no")).containsExactly("no");
    assertThat(said("echo x > made && ls")).containsExactly("made");
  }

  @Test
  void theHomeOfTheAccountAndTheOneThatIsToldAreHidden() throws Exception {
    Path told = place.resolve("told");
    write(told.resolve(".npmrc"), "SECRET");
    write(home.resolve(".npmrc"), "SECRET");
    begin(Map.of("HOME", told.toString()), "");
    assertThat(said("grep -rsl SECRET " + place + "; echo none")).containsExactly("none");
    assertThat(SandboxPolicy.homes(Path.of("/"), Map.of("HOME", "/tmp"))).isEmpty();
    assertThat(SandboxPolicy.hidden(Path.of("/"), Map.of("HOME", "/tmp")))
        .contains(Path.of("/.ssh"), Path.of("/tmp/.ssh"), Path.of("/etc/shadow"))
        .doesNotContain(Path.of("/"), Path.of("/tmp"));
  }

  @Test
  void programsOfTheHomeRunAndSecretsBesideThemStayHidden() throws Exception {
    write(
        home.resolve(".local/share/tool/1.0/bin/tool"),
        "#!/bin/sh\necho tool $(cat $(dirname $(realpath $0))/../lib)\n");
    write(home.resolve(".local/share/tool/1.0/lib"), "1.0");
    home.resolve(".local/share/tool/1.0/bin/tool").toFile().setExecutable(true);
    Path link = home.resolve(".local/bin/tool");
    Files.createDirectories(link.getParent());
    Files.createSymbolicLink(link, home.resolve(".local/share/tool/1.0/bin/tool"));
    write(home.resolve("dotfiles/gitconfig"), "[user]\n\tname = Me\n");
    Files.createSymbolicLink(home.resolve(".gitconfig"), home.resolve("dotfiles/gitconfig"));
    write(home.resolve("agents/one/run.sh"), ". \"$(dirname \"$0\")/lib.sh\"\n");
    write(home.resolve("agents/one/lib.sh"), "echo agent\n");
    write(home.resolve(".cargo/bin/cargo"), "x");
    write(home.resolve(".cargo/credentials.toml"), "SECRET");
    write(home.resolve(".local/share/keyrings/login"), "SECRET");
    write(home.resolve(".config/tool/token"), "SECRET");
    write(home.resolve(".ssh/id"), "SECRET");
    begin(
        Map.of("PATH", link.getParent() + ":" + home.resolve(".cargo/bin")),
        "sh ~/agents/one/run.sh --key ~/.ssh/id");
    assertThat(said("tool")).containsExactly("tool 1.0");
    assertThat(said("git config --global user.name")).containsExactly("Me");
    assertThat(said("sh ~/agents/one/run.sh")).containsExactly("agent");
    assertThat(said("cat ~/.cargo/bin/cargo; echo")).containsExactly("x");
    assertThat(said("grep -rsl SECRET " + home + "; echo none")).containsExactly("none");
  }

  /** What an agent leaves in a cache is there when the next one begins. */
  @Test
  void linksAndMovesInWhatItMayChangeShowTheNextOneNothing() throws Exception {
    write(home.resolve("private/bin/key"), "SECRET");
    write(home.resolve("kept/notes"), "SECRET");
    Path cache = Files.createDirectories(home.resolve(".cache"));
    write(cache.resolve("a/b/huggingface/token"), "SECRET");
    write(cache.resolve("tools/bin/tool"), "x");
    write(cache.resolve("read/only/file"), "as it was");
    var environment =
        Map.of(
            "PATH", cache.resolve("tools/bin").toString(),
            "HISTFILE", cache.resolve("a/b/huggingface").toString());
    var caches = List.of(cache, cache.resolve("inner"), cache.resolve("later"));
    var read = List.of(cache.resolve("read/only"), cache.resolve("shown"));
    begin(environment, "", caches, read);
    assertThat(
            said(
                """
                cd ~/.cache
                mv a z && echo moved; mv a/b a/z && echo moved; mv read reed && echo moved
                echo x > read/only/file && echo changed; echo x > read/new && echo new
                ln -s ~/private later && ln -s ~/kept shown && echo made
                rm tools/bin/tool; ln -s ~/private/bin/key tools/bin/tool && echo linked
                grep -rsl SECRET .; ls a/b/huggingface; echo over"""))
        .containsExactly("new", "made", "linked", "over");
    tree.end();
    begin(environment, "", caches, read);
    assertThat(said("cat ~/.cache/tools/bin/tool ~/.cache/shown/notes; ls -A ~"))
        .containsExactly(".cache", ".local");
    assertThat(said("grep -rsl SECRET " + home + "; echo none")).containsExactly("none");
    assertThat(said("echo x > ~/private/bin/key && echo wrote; echo no")).containsExactly("no");
    assertThat(home.resolve("private/bin/key")).hasContent("SECRET");
  }

  /** Behind a socket sits somebody with the rights of the person: an agent for keys, docker. */
  @Test
  void socketsOfOthersAreNotReached() throws Exception {
    // A socket's path is short, so these are reached by another.
    Path elsewhere = Files.createTempDirectory(Path.of("/var/tmp"), "hd");
    try (var one = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        var two = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      one.bind(UnixDomainSocketAddress.of(elsewhere.resolve("a.sock")));
      Files.writeString(elsewhere.resolve("beside"), "plain\n");
      Files.createDirectory(home.resolve(".colima"));
      Path short2 = Files.createSymbolicLink(elsewhere.resolve("h"), home.resolve(".colima"));
      two.bind(UnixDomainSocketAddress.of(short2.resolve("docker.sock")));
      begin(Map.of(), "");
      assertThat(
              said(
                  "for s in "
                      + elsewhere.resolve("a.sock")
                      + " ~/.colima/docker.sock /run/docker.sock; do [ -S $s ] && echo $s; done;"
                      + " cat "
                      + elsewhere.resolve("beside")))
          .containsExactly("plain");
    } finally {
      Folders.delete(elsewhere);
    }
  }

  /** No namespace stands before them, and logins leave secrets there. */
  @Test
  void keysOfTheKernelAreNotReached() throws Exception {
    var calls = Map.of("amd64", 248, "aarch64", 217);
    Integer addKey = calls.get(System.getProperty("os.arch"));
    assumeTrue(addKey != null, "the number of the call is not known here");
    String add =
        """
        perl -e '@a = ("user", "hivedeck-test", "x"); print syscall(%d, @a, 1, -2) > 0 ? "a key" : "none"'
        """
            .formatted(addKey)
            .strip();
    var here = new ProcessBuilder("sh", "-c", add).start();
    assumeTrue(
        new String(here.getInputStream().readAllBytes(), UTF_8).equals("a key"),
        "no perl, or no keys, outside of a sandbox either");
    begin(Map.of(), "");
    assertThat(said(add + "; echo")).containsExactly("none");
    assertThat(said("[ -e /proc/$$/fd/9 ] && echo open; echo asked")).containsExactly("asked");
  }
}
