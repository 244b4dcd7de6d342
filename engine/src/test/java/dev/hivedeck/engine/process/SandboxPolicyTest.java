package dev.hivedeck.engine.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class SandboxPolicyTest {
  @TempDir Path folder;

  private SandboxPolicy confinement(boolean network) throws Exception {
    Path home = Files.createDirectories(folder.resolve("home"));
    Path own = Files.createDirectories(home.resolve("worktrees/T-1"));
    Path ssh = Files.createDirectories(folder.resolve("user/.ssh"));
    Path netrc = Files.createFile(folder.resolve("user/.netrc"));
    Path repository = Files.createDirectories(folder.resolve("repository"));
    Path temporary = Files.createDirectories(home.resolve("exchange/tmp"));
    return new SandboxPolicy(
        temporary,
        List.of(own),
        List.of(repository),
        List.of(home, ssh, netrc, folder.resolve("user/.gone")),
        network);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void bubblewrapIsToldFromTheOutsideIn() throws Exception {
    Path real = folder.toRealPath();
    var words =
        Bubblewrap.held(
            "bwrap",
            List.of("/bin/sh", "-c", "true"),
            folder.resolve("home/worktrees/T-1"),
            confinement(false));
    String line = String.join(" ", words);
    assertThat(line)
        .startsWith("bwrap --ro-bind / / --dev /dev --proc /proc ")
        .contains("--bind " + real + "/home/exchange/tmp /tmp ")
        .contains("--tmpfs " + real + "/user/.ssh ")
        .contains("--ro-bind /dev/null " + real + "/user/.netrc ")
        .doesNotContain(".gone")
        .contains(
            "--unshare-pid --unshare-ipc --unshare-uts --unshare-cgroup-try --die-with-parent"
                + " --new-session --cap-drop ALL --unshare-net ")
        .contains(
            "--unsetenv SSH_AUTH_SOCK ", "--unsetenv XDG_RUNTIME_DIR ", "--setenv TMPDIR /tmp")
        .endsWith(" --chdir " + real + "/home/worktrees/T-1 -- /bin/sh -c true");
    assertThat(line.indexOf("--tmpfs " + real + "/home "))
        .isBetween(0, line.indexOf("--bind " + real + "/home/worktrees/T-1 "));
    assertThat(line.indexOf(" /tmp "))
        .isLessThan(line.indexOf("--ro-bind " + real + "/repository "));
    assertThat(Bubblewrap.held("bwrap", List.of("x"), folder, confinement2()))
        .doesNotContain("--unshare-net");
  }

  /** To root's agents the settings of the kernel would be their own files. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void whatTheKernelShowsRootMayOnlyRead() throws Exception {
    assumeTrue(Bubblewrap.root(), "this is about root");
    for (var words :
        List.of(
            Bubblewrap.trial("bwrap"),
            Bubblewrap.held("bwrap", List.of("x"), folder, confinement2()))) {
      assertThat(String.join(" ", words))
          .contains(" --proc /proc ", " --ro-bind /proc/sys /proc/sys ")
          .contains(" --unshare-user --disable-userns ");
    }
    // Outside of a sandbox the trial finds what it is there to find.
    var probe = Bubblewrap.trial("bwrap");
    var here =
        new ProcessBuilder(probe.subList(probe.indexOf("--") + 1, probe.size()))
            .redirectOutput(folder.resolve("said").toFile())
            .start();
    assertThat(here.waitFor()).isEqualTo(1);
    assertThat(folder.resolve("said")).content().contains("/proc/sys/", "can be written to");
  }

  private SandboxPolicy confinement2() {
    return new SandboxPolicy(folder, List.of(), List.of(), List.of(), true);
  }

  @Test
  void theProfileOfSandboxExecDeniesThenAllows() throws Exception {
    Path real = folder.toRealPath();
    String profile = Seatbelt.profile(confinement(false));
    assertThat(profile)
        .startsWith("(version 1)\n(allow default)\n(deny file-write*)\n")
        .contains("(deny file-read* file-write* (subpath \"" + real + "/user/.ssh\"))")
        .contains("(allow file-read* (subpath \"" + real + "/repository\"))")
        .endsWith("(deny network*)");
    // The last rule that fits goes, so its own folder comes after the data around it.
    assertThat(
            profile.indexOf(
                "(allow file-read* file-write* (subpath \"" + real + "/home/worktrees/T-1\"))"))
        .isGreaterThan(
            profile.indexOf("(deny file-read* file-write* (subpath \"" + real + "/home\"))"));
    assertThat(Seatbelt.profile(confinement2())).doesNotContain("(deny network*)");
    assertThat(Seatbelt.held("/usr/bin/sandbox-exec", List.of("x"), confinement2()))
        .startsWith("/usr/bin/env", "-u", "XDG_RUNTIME_DIR")
        .contains("/usr/bin/sandbox-exec", "-p")
        .endsWith("x");
  }

  @Test
  void aQuoteInAPathEndsNoRule() {
    String profile =
        Seatbelt.profile(
            new SandboxPolicy(
                folder, List.of(Path.of("/a\"))(allow default)")), List.of(), List.of(), true));
    assertThat(profile).contains("\"/a\\\"))(allow default)\"");
  }

  @Test
  void keysAndSignInsAreHidden() {
    var hidden =
        SandboxPolicy.hidden(
            Path.of("/home/me"), Map.of("KUBECONFIG", "/srv/kube", "NETRC", "here"));
    assertThat(hidden)
        .contains(
            Path.of("/home/me/.ssh"),
            Path.of("/home/me/.gnupg"),
            Path.of("/home/me/.aws"),
            Path.of("/home/me/.azure"),
            Path.of("/home/me/.config/gcloud"),
            Path.of("/home/me/.kube"),
            Path.of("/home/me/.docker"),
            Path.of("/home/me/.netrc"),
            Path.of("/home/me/.git-credentials"),
            Path.of("/home/me/.npmrc"),
            Path.of("/home/me/.pypirc"),
            Path.of("/home/me/.password-store"),
            Path.of("/home/me/.config/gh"),
            Path.of("/home/me/.mozilla"),
            Path.of("/home/me/.local/share/keyrings"),
            Path.of("/etc/shadow"),
            Path.of("/etc/shadow-"),
            Path.of("/etc/gshadow-"),
            Path.of("/srv/kube"))
        .doesNotContain(Path.of("here"));
  }

  @Test
  void aTagIsFoundAgainAndIsNoLimit() {
    assertThat(ProcessTag.of("a key"))
        .isEqualTo(ProcessTag.of("a key"))
        .isNotEqualTo(ProcessTag.of("another"));
    assertThat(ProcessTag.of("a key")).isGreaterThan(1L << 41);
    assertThat(ProcessTag.random()).isNotEqualTo(ProcessTag.random());
  }
}
