package dev.hivedeck.engine.upgrade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.release.ReleaseChannel;
import dev.hivedeck.engine.protocol.release.ReleaseOffer;
import dev.hivedeck.engine.time.SystemTimers;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Only what the publisher signed, and what is newer, comes to a machine; whatever a server says.
 */
class ProgramReleasesTest {
  private static final String PACK = "/releases/" + ReleaseServer.FILE;
  private static final ReleaseChannel STABLE = ReleaseChannel.STABLE;

  @TempDir Path folder;
  private final ReleaseServer server = new ReleaseServer();
  private final byte[] pack = new byte[300_000];
  private final List<Long> progress = new ArrayList<>();
  private ProgramReleases releases;

  @BeforeEach
  void aPackage() {
    new Random(7).nextBytes(pack);
    releases = releases(server.base(), false, Duration.ofSeconds(30));
  }

  @AfterEach
  void close() {
    releases.close();
    server.close();
  }

  private ProgramReleases releases(URI base, boolean mirror, Duration longest) {
    var program =
        new ProgramReleases.Program(
            "0.1.9", Path.of("/usr/lib/hivedeck"), PackageKind.DEB, "amd64");
    return new ProgramReleases(
        base,
        mirror,
        server.known(),
        program,
        folder.resolve("upgrades"),
        new SystemTimers(),
        longest);
  }

  private void publish(Consumer<ObjectNode> change) {
    var document = ReleaseServer.release("0.2.0", pack);
    change.accept(document);
    server.publish(document, pack);
  }

  private static ObjectNode packOf(ObjectNode document) {
    return (ObjectNode) document.at("/packages/0");
  }

  private HiveException refused(ErrorCode code) {
    var refusal =
        catchThrowableOfType(
            HiveException.class, () -> releases.download(releases.latest(STABLE), _ -> {}));
    assertThat(refusal).isNotNull();
    assertThat(refusal.code()).isEqualTo(code.word());
    assertThat(refusal.hint()).isNotBlank();
    assertThat(packages()).doesNotContain(ReleaseServer.FILE);
    return refusal;
  }

  private long received() {
    return packages().stream()
        .mapToLong(name -> folder.resolve("upgrades/packages").resolve(name).toFile().length())
        .sum();
  }

  private List<String> packages() {
    String[] names = folder.resolve("upgrades/packages").toFile().list();
    return names == null ? List.of() : List.of(names);
  }

  @Test
  void aNewerVersionIsToldAndDownloaded() throws IOException {
    publish(_ -> {});
    var offer = releases.latest(STABLE);
    assertThat(offer.newer()).isTrue();
    assertThat(offer.version()).isEqualTo("0.2.0");
    assertThat(offer.notes()).contains("It does more.");
    assertThat(server.asked).noneMatch(PACK::equals);
    var downloaded = releases.download(offer, progress::add);
    assertThat(downloaded.file()).hasFileName(ReleaseServer.FILE).hasBinaryContent(pack);
    assertThat(downloaded.install())
        .containsExactly("sudo", "apt", "install", downloaded.file().toString());
    assertThat(progress).isSorted().last().isEqualTo((long) pack.length);
    releases.download(releases.latest(STABLE), _ -> {});
    assertThat(server.asked).filteredOn(PACK::equals).as("it is there already").hasSize(1);
    Files.write(downloaded.file(), new byte[] {1});
    releases.download(releases.latest(STABLE), _ -> {});
    assertThat(downloaded.file()).as("what was changed is fetched anew").hasBinaryContent(pack);
  }

  @ParameterizedTest
  @CsvSource({
    "0.1.9, SAME",
    "0.1.8, OLDER",
    "0.0.99, OLDER",
    "0.1.10, NEWER",
    "0.10.0, NEWER",
    "1.0.0, NEWER"
  })
  void nothingGoesBack(String version, ReleaseOffer.Relation relation) {
    publish(document -> document.put("version", version));
    var offer = releases.latest(STABLE);
    assertThat(offer.relation()).isEqualTo(relation);
    if (!offer.newer()) {
      assertThat(refused(ErrorCode.RELEASE_OLDER)).hasMessageContaining("is not newer");
    }
  }

  @Test
  void whatWasTamperedWithIsRefused() {
    publish(_ -> {});
    String signed = Json.write(ReleaseServer.release("0.2.0", pack));
    String signature = ReleaseServer.sign(signed, server.keys);
    for (String tampered :
        List.of(
            signed.replace("0.2.0", "0.2.1"),
            signed + " ",
            signed.replace(ReleaseServer.sha256(pack), ReleaseServer.sha256(new byte[1])))) {
      server.publish(tampered, signature);
      refused(ErrorCode.SIGNATURE_WRONG);
    }
    assertThat(server.asked).doesNotContain(PACK);
  }

  @Test
  void aSignatureOfAnotherKeyOrNoneIsRefused() {
    String document = Json.write(ReleaseServer.release("0.2.0", pack));
    for (String signature :
        List.of(
            ReleaseServer.sign(document, ReleaseServer.pair()), "", "AAAA", "no base64 at all")) {
      server.publish(document, signature);
      refused(ErrorCode.SIGNATURE_WRONG);
    }
    var both =
        ReleaseServer.sign(document, ReleaseServer.pair())
            + ReleaseServer.sign(document, server.keys);
    server.publish(document, both);
    server.asked.clear();
    assertThat(releases.latest(STABLE).newer()).as("one of several keys is enough").isTrue();
    assertThat(server.asked)
        .as("a document and its signature are one file: none is between two others")
        .containsExactly("/releases/stable/latest.signed");
    var behindMany = "A".repeat(86) + "==\n";
    server.publish(document, behindMany.repeat(10) + ReleaseServer.sign(document, server.keys));
    assertThat(releases.latest(STABLE).newer()).isTrue();
    server.publish(document, behindMany.repeat(12) + ReleaseServer.sign(document, server.keys));
    refused(ErrorCode.SIGNATURE_WRONG);
  }

  @Test
  void aFileWithoutSignaturesIsRefused() {
    String document = Json.write(ReleaseServer.release("0.2.0", pack));
    String signature = ReleaseServer.sign(document, server.keys);
    for (String file :
        List.of(
            "",
            "\n\n",
            document,
            signature,
            signature + document,
            "\n\n" + document,
            "\n\n" + signature + "\n" + document,
            document + "\n\n" + signature,
            "<html>\n\nsign in here</html>")) {
      server.files.put("/releases/stable/latest.signed", file.getBytes(StandardCharsets.UTF_8));
      refused(ErrorCode.SIGNATURE_WRONG);
    }
  }

  @Test
  void withoutAKeyNobodyIsAsked() {
    publish(_ -> {});
    try (var keyless =
        new ProgramReleases(
            server.base(),
            false,
            ReleaseKeys.read("# none yet\n", "keys.txt"),
            new ProgramReleases.Program("0.1.9", folder, PackageKind.TAR, "amd64"),
            folder,
            new SystemTimers(),
            Duration.ofSeconds(30))) {
      var refusal =
          catchThrowableOfType(HiveException.class, () -> keyless.latest(ReleaseChannel.STABLE));
      assertThat(refusal.is(ErrorCode.NO_RELEASE_KEY)).isTrue();
    }
    assertThat(server.asked).isEmpty();
  }

  @Test
  void whatWasToldLaterIsNotTakenBack() {
    publish(document -> document.put("issued", "2026-12-02T10:00:00Z"));
    assertThat(releases.latest(STABLE).newer()).isTrue();
    publish(document -> document.put("version", "0.1.10").put("issued", "2026-12-01T10:00:00Z"));
    assertThat(refused(ErrorCode.RELEASE_OLDER)).hasMessageContaining("2026-12-02T10:00:00Z");
  }

  @Test
  void aDocumentOfAnotherChannelIsRefused() {
    publish(document -> document.put("channel", "preview"));
    assertThat(refused(ErrorCode.RELEASE_INVALID)).hasMessageContaining("preview");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"0.2", "v0.2.0", "0.2.0-rc1", "00.2.0", "", "99999999999.0.0", "0.2.0\n0.3.0"})
  void aVersionThatIsNoneIsRefused(String version) {
    publish(document -> document.put("version", version));
    refused(ErrorCode.RELEASE_INVALID);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://example.org/hivedeck.deb",
        "file:///etc/passwd",
        "https://user@example.org/hivedeck.deb",
        "../../..",
        "a%2f..",
        "%2e%2e",
        "..",
        ".bashrc",
        "a b",
        ""
      })
  void anAddressThatOthersCouldChangeOrANameThatIsNoneIsRefused(String url) {
    publish(document -> packOf(document).put("url", url));
    refused(ErrorCode.RELEASE_INVALID);
  }

  @Test
  void aMirrorIsAskedForThePackagesAsWell() {
    publish(document -> packOf(document).put("url", "https://example.org/" + ReleaseServer.FILE));
    server.files.put("/releases/stable/" + ReleaseServer.FILE, pack);
    releases.close();
    releases = releases(server.base(), true, Duration.ofSeconds(30));
    assertThat(releases.download(releases.latest(STABLE), _ -> {}).file()).hasBinaryContent(pack);
    publish(document -> packOf(document).put("url", "https://example.org/.."));
    assertThat(
            catchThrowableOfType(HiveException.class, () -> releases.latest(STABLE))
                .is(ErrorCode.RELEASE_INVALID))
        .as("a name that is none is no better there")
        .isTrue();
  }

  @Test
  void anIncompleteDocumentIsRefused() {
    for (String key : List.of("format", "channel", "issued", "version", "date", "notes")) {
      publish(document -> document.remove(key));
      refused(ErrorCode.RELEASE_INVALID);
      publish(document -> document.putArray(key));
      refused(ErrorCode.RELEASE_INVALID);
    }
    for (String key : List.of("system", "url", "sha256", "size")) {
      publish(document -> packOf(document).remove(key));
      refused(ErrorCode.RELEASE_INVALID);
    }
    publish(document -> packOf(document).put("size", -1));
    refused(ErrorCode.RELEASE_INVALID);
    publish(document -> document.withArray("packages").add(packOf(document).deepCopy()));
    refused(ErrorCode.RELEASE_INVALID);
    for (String text : List.of("", "null", "[]", "{", "{}", "<html>sign in here</html>")) {
      server.publish(text, ReleaseServer.sign(text, server.keys));
      refused(ErrorCode.RELEASE_INVALID);
    }
  }

  @Test
  void aReleaseWithoutAPackageForThisSystemSaysSo() {
    publish(document -> packOf(document).put("system", "windows-x86_64-msi"));
    assertThat(refused(ErrorCode.NO_PACKAGE)).hasMessageContaining("linux-x86_64-deb");
  }

  @Test
  void aPackageOfAnotherHashIsRemoved() {
    publish(_ -> {});
    byte[] other = pack.clone();
    other[200_000]++;
    server.files.put(PACK, other);
    assertThat(refused(ErrorCode.PACKAGE_WRONG)).hasMessageContaining(ReleaseServer.sha256(other));
    assertThat(packages()).isEmpty();
  }

  @Test
  void aPackageOfAnotherSizeIsRemoved() {
    publish(_ -> {});
    for (int size : List.of(pack.length - 1, pack.length + 1)) {
      server.files.put(PACK, Arrays.copyOf(pack, size));
      assertThat(refused(ErrorCode.PACKAGE_WRONG)).hasMessageContaining("300,000 were signed");
      server.other.put(
          PACK,
          exchange -> {
            exchange.sendResponseHeaders(200, 0); // without a length
            exchange.getResponseBody().write(Arrays.copyOf(pack, size));
          });
      assertThat(refused(ErrorCode.PACKAGE_WRONG)).hasMessageContaining("300,000 were signed");
      server.other.clear();
    }
    assertThat(packages()).isEmpty();
  }

  @Test
  void aBodyWithoutAnEndIsCutOff() {
    publish(_ -> {});
    for (String path : List.of("/releases/stable/latest.signed", PACK)) {
      server.other.put(
          path,
          exchange -> {
            exchange.sendResponseHeaders(200, 0);
            while (true) {
              exchange.getResponseBody().write(new byte[65_536]);
            }
          });
    }
    assertThat(refused(ErrorCode.RELEASE_INVALID)).hasMessageContaining("more than 1 MB");
    server.other.remove("/releases/stable/latest.signed");
    assertThat(refused(ErrorCode.PACKAGE_WRONG)).hasMessageContaining("more bytes");
  }

  /**
   * Breaks off in the middle of what it said it would send, once that has come: a client drops what
   * it has not handed on by then.
   */
  private void breakOff(int length) {
    server.other.put(
        PACK,
        exchange -> {
          exchange.sendResponseHeaders(200, pack.length);
          exchange.getResponseBody().write(pack, 0, length);
          exchange.getResponseBody().flush();
          long end = System.nanoTime() + Duration.ofMinutes(1).toNanos();
          while (received() < length && System.nanoTime() < end) {
            Thread.onSpinWait();
          }
          throw new IOException("cut off");
        });
  }

  @Test
  void aDownloadThatBrokeOffGoesOnWhereItEnded() {
    publish(_ -> {});
    breakOff(100_000);
    assertThat(refused(ErrorCode.RELEASE_OFFLINE))
        .hasMessageContaining("broke off after 100 kB of 300 kB");
    assertThat(packages()).hasSize(1);
    server.other.clear();
    server.asked.clear();
    assertThat(releases.download(releases.latest(STABLE), progress::add).file())
        .hasBinaryContent(pack);
    assertThat(server.asked).contains(PACK + " bytes=100000-");
    assertThat(progress.getFirst()).isGreaterThan(100_000);
    assertThat(packages()).containsExactly(ReleaseServer.FILE);
  }

  @Test
  void whereAServerCannotGoOnItIsBegunAnew() {
    publish(_ -> {});
    breakOff(100_000);
    refused(ErrorCode.RELEASE_OFFLINE);
    server.other.put(
        PACK,
        exchange -> {
          boolean part = exchange.getRequestHeaders().containsKey("Range");
          exchange.sendResponseHeaders(part ? 416 : 200, part ? -1 : pack.length);
          if (!part) {
            exchange.getResponseBody().write(pack);
          }
        });
    assertThat(releases.download(releases.latest(STABLE), _ -> {}).file()).hasBinaryContent(pack);
  }

  @Test
  void whereWhatIsThereIsOfAnotherFileItIsBegunAnew() throws IOException {
    publish(_ -> {});
    var folder = Files.createDirectories(this.folder.resolve("upgrades/packages"));
    String part = ReleaseServer.sha256(pack).substring(0, 16) + ".part";
    Files.write(folder.resolve(part), new byte[5_000]);
    Files.write(folder.resolve("hivedeck_0.1.9-1_amd64.deb"), new byte[5_000]);
    assertThat(releases.download(releases.latest(STABLE), _ -> {}).file()).hasBinaryContent(pack);
    assertThat(packages()).as("older packages go").containsExactly(ReleaseServer.FILE);
  }

  @Test
  void aServerThatFallsSilentIsNotWaitedForForever() {
    publish(_ -> {});
    releases.close();
    releases = releases(server.base(), false, Duration.ofMillis(300));
    for (String path : List.of(PACK, "/releases/stable/latest.signed")) {
      server.other.put(
          path,
          exchange -> {
            exchange.sendResponseHeaders(200, pack.length);
            exchange.getResponseBody().write(pack, 0, 1_000);
            exchange.getResponseBody().flush();
            try {
              Thread.sleep(Duration.ofMinutes(5));
            } catch (InterruptedException e) {
              throw new IOException(e);
            }
          });
      refused(ErrorCode.RELEASE_OFFLINE);
    }
  }

  @Test
  void aRedirectElsewhereIsNotFollowed() {
    try (var elsewhere = new ReleaseServer()) {
      elsewhere.files.put(PACK, pack);
      String there = elsewhere.base().resolve(ReleaseServer.FILE).toString();
      publish(_ -> {});
      server.other.put(
          PACK,
          exchange -> {
            exchange.getResponseHeaders().add("Location", there);
            exchange.sendResponseHeaders(302, -1);
          });
      assertThat(refused(ErrorCode.RELEASE_INVALID)).hasMessageContaining(there);
      assertThat(elsewhere.asked).isEmpty();
      publish(document -> document.putArray("hosts").add("127.0.0.1"));
      assertThat(releases.download(releases.latest(STABLE), _ -> {}).file())
          .as("the publisher has named it")
          .hasBinaryContent(pack);
    }
  }

  @Test
  void aRedirectToAnOpenAddressOrInACircleIsNotFollowed() {
    publish(document -> document.putArray("hosts").add("example.org"));
    for (String there : List.of("http://example.org/a.deb", "file:///etc/passwd", "//[", PACK)) {
      server.other.put(
          PACK,
          exchange -> {
            exchange.getResponseHeaders().add("Location", there);
            exchange.sendResponseHeaders(301, -1);
          });
      if (there.equals(PACK)) {
        refused(ErrorCode.RELEASE_OFFLINE);
        continue;
      }
      var refusal = refused(ErrorCode.RELEASE_INVALID);
      assertThat(refusal)
          .hasMessage(
              "127.0.0.1 redirects to %s: no https address, or one that the publisher has not named."
                      .formatted(there)
                  + " It is not followed.");
      assertThat(refusal.hint()).contains("another network").doesNotContain("HIVEDECK_RELEASES");
    }
  }

  @Test
  void whoIsOfflineIsTold() {
    publish(_ -> {});
    var offer = releases.latest(STABLE);
    server.close();
    assertThat(refused(ErrorCode.RELEASE_OFFLINE)).hasMessageContaining("nothing listens there");
    var refusal =
        catchThrowableOfType(HiveException.class, () -> releases.download(offer, _ -> {}));
    assertThat(refusal.is(ErrorCode.RELEASE_OFFLINE)).isTrue();
  }

  @Test
  void aServerThatHasNothingOrFailsIsTold() {
    assertThat(refused(ErrorCode.RELEASE_OFFLINE)).hasMessageContaining("status 404");
  }

  @Test
  void onlyOneDownloadsAtATimeAndNothingOfItsIsRemoved() throws IOException {
    publish(_ -> {});
    var offer = releases.latest(STABLE);
    publish(
        document -> {
          document.put("version", "0.3.0");
          packOf(document).put("sha256", "0".repeat(64));
        });
    var other = releases.latest(STABLE);
    server.other.put(
        PACK,
        exchange -> {
          for (var second : List.of(offer, other)) {
            var refusal =
                catchThrowableOfType(HiveException.class, () -> releases.download(second, _ -> {}));
            assertThat(refusal.is(ErrorCode.NOT_NOW)).as(second.version()).isTrue();
          }
          exchange.sendResponseHeaders(200, pack.length);
          exchange.getResponseBody().write(pack);
        });
    assertThat(releases.download(offer, _ -> {}).file()).hasBinaryContent(pack);
    assertThat(packages()).containsExactly(ReleaseServer.FILE);
  }
}
