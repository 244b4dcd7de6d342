package dev.hivedeck.engine.upgrade;

import dev.hivedeck.engine.file.Disk;
import dev.hivedeck.engine.file.OwnerFiles;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Plural;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.release.ReleasePackage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * Downloads a package into a folder. What broke off goes on where it ended; a file has the name of
 * a package only when it is the one that was signed.
 */
final class PackageDownload {
  private static final String PART = ".part";
  private static final int CHUNK = 1 << 16;

  private static final String TELL =
      "Try again later. If it stays, tell the project; nothing was installed.";

  private final ReleaseHttp http;
  private final Path folder;
  private final ReleasePackage pack;
  private final LongConsumer progress;

  /**
   * @param progress hears how many bytes are there
   */
  PackageDownload(ReleaseHttp http, Path folder, ReleasePackage pack, LongConsumer progress) {
    this.http = http;
    this.folder = folder;
    this.pack = pack;
    this.progress = progress;
  }

  /**
   * @throws HiveException {@code package-wrong}, {@code release-offline}, {@code disk-full}, {@code
   *     not-now} while another one runs
   */
  Path run() {
    Path file = folder.resolve(pack.file());
    Path part = folder.resolve(pack.sha256().substring(0, 16) + PART);
    try {
      OwnerFiles.folder(folder);
      try (var _ = DownloadLock.of(folder)) {
        removeOthers(List.of(file, part));
        if (!Files.isRegularFile(file) || !isSigned(file)) {
          download(part);
          Files.move(
              part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        }
        return file;
      }
    } catch (IOException e) {
      throw Disk.unwritable(
          folder,
          e,
          ErrorCode.HOME_UNWRITABLE,
          "The package cannot be written to " + folder + ": " + e.getMessage(),
          "Check the rights of that folder.");
    }
  }

  /** Packages of former versions, which nobody needs any more. */
  private void removeOthers(List<Path> mine) throws IOException {
    try (var files = Files.newDirectoryStream(folder, Files::isRegularFile)) {
      for (Path file : files) {
        if (!mine.contains(file)) {
          Files.delete(file);
        }
      }
    }
  }

  private void download(Path part) throws IOException {
    try (var channel =
        OwnerFiles.open(
            part, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      long there = channel.size();
      if (there > pack.size()) {
        channel.truncate(0);
        there = 0;
      }
      refuseWithoutRoom(pack.size() - there);
      receive(channel, there);
      if (there == 0 || !isSigned(channel)) {
        if (there > 0) {
          receive(channel, 0); // What was there may be of another file.
        }
        refuseForeign(channel);
      }
      channel.force(true);
    } catch (HiveException e) {
      if (e.is(ErrorCode.PACKAGE_WRONG)) {
        Files.deleteIfExists(part);
      }
      throw e;
    }
  }

  private void refuseWithoutRoom(long needed) throws IOException {
    if (Files.getFileStore(folder).getUsableSpace() < needed) {
      throw Disk.fullException(
          "the package needs " + Plural.bytes(needed) + " more.", List.of(folder));
    }
  }

  /**
   * Writes what comes behind what is there.
   *
   * @param from where it is to begin; a server that cannot begins anew
   */
  private void receive(FileChannel channel, long from) throws IOException {
    if (from == pack.size()) {
      return;
    }
    try (var answer = asked(from)) {
      boolean goesOn = from > 0 && answer.status() == 206 && begins(answer, from);
      if (goesOn || answer.status() == 200) {
        long at = goesOn ? from : 0;
        channel.truncate(at);
        write(answer, channel, at);
        return;
      }
      if (from == 0 || answer.status() != 416 && answer.status() != 206) {
        throw ReleaseHttp.refused(pack.url(), answer.status());
      }
    }
    receive(channel, 0);
  }

  private ReleaseHttp.Answer asked(long from) {
    try {
      Map<String, String> range = from == 0 ? Map.of() : Map.of("Range", "bytes=" + from + "-");
      return http.open(pack.url(), range, pack.hosts());
    } catch (IOException e) {
      throw ReleaseHttp.offline(pack.url(), e, "Try again when you are online.");
    }
  }

  private static boolean begins(ReleaseHttp.Answer answer, long from) {
    return answer
        .response()
        .headers()
        .firstValue("Content-Range")
        .filter(range -> range.startsWith("bytes " + from + "-"))
        .isPresent();
  }

  private void write(ReleaseHttp.Answer answer, FileChannel channel, long from) throws IOException {
    if (answer.length() >= 0 && from + answer.length() != pack.size()) {
      throw wrongSize(Plural.number(from + answer.length()));
    }
    channel.position(from);
    var chunk = new byte[CHUNK];
    long there = from;
    for (int read; (read = read(answer, chunk, there)) >= 0; ) {
      there += read;
      if (there > pack.size()) {
        throw wrongSize("more");
      }
      var bytes = ByteBuffer.wrap(chunk, 0, read);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      answer.goesOn();
      progress.accept(there);
    }
    if (there != pack.size()) {
      throw wrongSize(Plural.number(there));
    }
  }

  private int read(ReleaseHttp.Answer answer, byte[] chunk, long there) {
    try {
      return answer.body().read(chunk);
    } catch (IOException e) {
      throw new HiveException(
          ErrorCode.RELEASE_OFFLINE,
          "The download broke off after %s of %s: %s."
              .formatted(Plural.bytes(there), Plural.bytes(pack.size()), ReleaseHttp.reason(e)),
          "Begin it again: it goes on from there.",
          e);
    }
  }

  private HiveException wrongSize(String came) {
    return new HiveException(
        ErrorCode.PACKAGE_WRONG,
        "%s has %s bytes, and %s were signed. It was removed."
            .formatted(pack.file(), came, Plural.number(pack.size())),
        TELL);
  }

  private void refuseForeign(FileChannel channel) throws IOException {
    String found = sha256(channel);
    if (!found.equals(pack.sha256())) {
      throw new HiveException(
          ErrorCode.PACKAGE_WRONG,
          "%s is not what was signed: its SHA-256 is %s, not %s. It was removed."
              .formatted(pack.file(), found, pack.sha256()),
          TELL);
    }
  }

  private boolean isSigned(Path file) throws IOException {
    try (var channel = FileChannel.open(file, Set.of(StandardOpenOption.READ))) {
      return isSigned(channel);
    }
  }

  private boolean isSigned(FileChannel channel) throws IOException {
    return channel.size() == pack.size() && sha256(channel).equals(pack.sha256());
  }

  private static String sha256(FileChannel channel) throws IOException {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      var chunk = ByteBuffer.allocate(CHUNK);
      channel.position(0);
      while (channel.read(chunk) >= 0) {
        digest.update(chunk.flip());
        chunk.clear();
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
