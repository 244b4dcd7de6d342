package dev.hivedeck.engine.upgrade;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.release.DownloadedPackage;
import dev.hivedeck.engine.protocol.release.ReleaseChannel;
import dev.hivedeck.engine.protocol.release.ReleaseOffer;
import dev.hivedeck.engine.time.SystemTimers;
import dev.hivedeck.engine.time.Timers;
import java.io.File;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

/** Releases of the program itself: which is the latest, and its package for this machine. */
public final class ProgramReleases implements AutoCloseable {
  private static final Duration LONGEST = Duration.ofSeconds(30);
  private static final Path ROOT = Path.of("/");

  /**
   * The program that runs.
   *
   * @param place its folder, or the file of an AppImage
   * @param arch of the machine, as Java names it
   */
  public record Program(String version, Path place, PackageKind kind, String arch) {
    /** The one that this process is, whose jars lie in a folder of its own. */
    public static Program here(String version) {
      String first = System.getProperty("java.class.path").split(File.pathSeparator, 2)[0];
      var jar = Path.of(first).toAbsolutePath().normalize();
      return of(version, jar, System.getProperty("os.name"), ROOT, System.getenv());
    }

    /**
     * The one that a jar is of.
     *
     * @param os as Java names it
     * @param root of the file system
     */
    static Program of(
        String version, Path jar, String os, Path root, Map<String, String> environment) {
      var folder = jar.resolve("../..").normalize();
      var kind = PackageKind.of(os, folder, root, environment);
      String image = environment.get(PackageKind.IMAGE);
      var place = kind == PackageKind.APPIMAGE && image != null ? Path.of(image) : folder;
      return new Program(version, place, kind, System.getProperty("os.arch"));
    }
  }

  private final URI base;
  private final boolean mirror;
  private final ReleaseKeys keys;
  private final Program program;
  private final Path folder;
  private final Timers timers;
  private final ReleaseHttp http;

  /**
   * @param base where releases are told of
   * @param mirror whether packages are taken from there too, wherever the publisher has them
   * @param folder for what is downloaded
   * @param longest that nothing may come for
   */
  ProgramReleases(
      URI base,
      boolean mirror,
      ReleaseKeys keys,
      Program program,
      Path folder,
      Timers timers,
      Duration longest) {
    this.base = base;
    this.mirror = mirror;
    this.keys = keys;
    this.program = program;
    this.folder = folder;
    this.timers = timers;
    this.http = new ReleaseHttp(timers, longest);
  }

  /**
   * As the project publishes them.
   *
   * @param home Hivedeck's data folder
   */
  public static ProgramReleases published(Program program, Path home) {
    var base = ReleaseAddress.standard();
    return new ProgramReleases(
        base,
        ReleaseAddress.isMirror(base),
        ReleaseKeys.shipped(),
        program,
        home.resolve("upgrades"),
        new SystemTimers(),
        LONGEST);
  }

  /**
   * Asks for the latest release.
   *
   * @throws HiveException {@code release-offline}, {@code signature-wrong}, {@code
   *     release-invalid}, {@code release-older}, {@code no-release-key}
   */
  public ReleaseOffer latest(ReleaseChannel channel) {
    keys.refuseNone();
    var url = base.resolve(channel.word() + "/latest.signed");
    var document = ReleaseDocument.read(keys.document(http.document(url)), url, mirror);
    if (document.channel() != channel) {
      throw new HiveException(
          ErrorCode.RELEASE_INVALID,
          "The server tells of the channel %s, and %s was asked for. It is not used."
              .formatted(document.channel().word(), channel.word()),
          "Try again later.");
    }
    new SeenReleases(folder).note(document);
    return offer(document);
  }

  private ReleaseOffer offer(ReleaseDocument document) {
    var installed =
        ReleaseVersion.of(program.version())
            .orElseThrow(() -> new IllegalStateException("version " + program.version()));
    int order = document.version().compareTo(installed);
    return new ReleaseOffer(
        program.version(),
        document.channel(),
        document.version().toString(),
        document.date(),
        order > 0
            ? ReleaseOffer.Relation.NEWER
            : order < 0 ? ReleaseOffer.Relation.OLDER : ReleaseOffer.Relation.SAME,
        document.notes(),
        document.pack(system()).orElse(null));
  }

  private String system() {
    return program.kind().system(program.arch());
  }

  /**
   * Downloads the package of a release; one that is there already is compared again.
   *
   * @param progress hears how many bytes are there
   * @throws HiveException {@code release-older} where it is not newer, {@code no-package}, {@code
   *     package-wrong}, {@code release-offline}
   */
  public DownloadedPackage download(ReleaseOffer offer, LongConsumer progress) {
    if (!offer.newer()) {
      throw new HiveException(
          ErrorCode.RELEASE_OLDER,
          "Hivedeck %s is installed, and %s is not newer. Nothing is downloaded."
              .formatted(offer.installed(), offer.version()),
          "To go back, install an older package by hand; data of newer versions is refused.");
    }
    var pack = offer.pack();
    if (pack == null) {
      throw new HiveException(
          ErrorCode.NO_PACKAGE,
          "Hivedeck %s has no package for %s.".formatted(offer.version(), system()),
          "docs/installing.md says how to make one yourself.");
    }
    var file = new PackageDownload(http, folder.resolve("packages"), pack, progress).run();
    var kind = program.kind();
    List<String> install = kind.install(file, program.place(), ROOT);
    return new DownloadedPackage(file, install, kind.typed(install), kind.open(file));
  }

  @Override
  public void close() {
    http.close();
    timers.close();
  }
}
