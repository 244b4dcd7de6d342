package dev.hivedeck.engine.upgrade;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * The Ed25519 keys by which the publisher of the program signs. There may be several, so that a new
 * one can be brought in before the old one is given up; each signs alone.
 */
record ReleaseKeys(List<PublicKey> keys) {
  private static final String SHIPPED = "/hivedeck/upgrade/keys.txt";
  private static final String ALGORITHM = "Ed25519";

  /** Signatures are within so many bytes, which are about ten. */
  private static final int HEAD = 1 << 10;

  private static final int SIGNATURE = 64;

  /**
   * The ones that came with the program, or of the file that {@code hivedeck.releases.keys} names.
   */
  static ReleaseKeys shipped() {
    String file = System.getProperty("hivedeck.releases.keys");
    try (var in = ReleaseKeys.class.getResourceAsStream(SHIPPED)) {
      if (file != null) {
        return read(Files.readString(Path.of(file)), file);
      }
      return read(
          in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8), "keys.txt");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * One key a line, as base64 of its X.509 form; lines that begin with # are for people.
   *
   * @param place where they are from, to be named
   */
  static ReleaseKeys read(String text, String place) {
    var keys = new ArrayList<PublicKey>();
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      try {
        byte[] bytes = Base64.getDecoder().decode(line.strip());
        keys.add(KeyFactory.getInstance(ALGORITHM).generatePublic(new X509EncodedKeySpec(bytes)));
      } catch (GeneralSecurityException | IllegalArgumentException e) {
        throw new HiveException(
            ErrorCode.NO_RELEASE_KEY,
            "Line " + number + " of " + place + " is no Ed25519 key.",
            "Write the public key as base64 of its X.509 form, one a line.",
            e);
      }
    }
    return new ReleaseKeys(List.copyOf(keys));
  }

  /**
   * Refuses to ask where no answer could be checked.
   *
   * @throws HiveException {@code no-release-key}
   */
  void refuseNone() {
    if (keys.isEmpty()) {
      throw new HiveException(
          ErrorCode.NO_RELEASE_KEY,
          "This build has no key by which a release could be checked, so none is looked for.",
          "Install a package of the project, or get the new one where you got this.");
    }
  }

  /**
   * The document of a file that holds it with its signatures, so that nobody gets one with the
   * signature of another: signatures in base64, one a line, an empty line, and the document.
   *
   * @throws HiveException {@code no-release-key}, {@code signature-wrong} where none of these keys
   *     has signed it
   */
  byte[] document(byte[] file) {
    refuseNone();
    String head = new String(file, 0, Math.min(file.length, HEAD), StandardCharsets.ISO_8859_1);
    int end = head.indexOf("\n\n");
    if (end >= 0) {
      byte[] document = Arrays.copyOfRange(file, end + 2, file.length);
      for (String line : head.substring(0, end).lines().toList()) {
        var signature = signature(line);
        if (signature.isPresent()
            && keys.stream().anyMatch(key -> fits(key, document, signature.get()))) {
          return document;
        }
      }
    }
    throw new HiveException(
        ErrorCode.SIGNATURE_WRONG,
        "What the server says of releases is not signed by the publisher of Hivedeck. Nothing of it"
            + " is used.",
        "Try again later. If it stays, tell the project, and install from its own page only.");
  }

  private static Optional<byte[]> signature(String line) {
    try {
      return Optional.of(Base64.getDecoder().decode(line)).filter(s -> s.length == SIGNATURE);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static boolean fits(PublicKey key, byte[] document, byte[] signature) {
    try {
      var check = Signature.getInstance(ALGORITHM);
      check.initVerify(key);
      check.update(document);
      return check.verify(signature);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
