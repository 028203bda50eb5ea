package io.cairnfs.client.vfs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The bytes of access control lists, and what they have in common with modes. */
final class AccessListTest {

  private static final String VERSION = "02000000";
  private static final String OWNER_RWX = "0100 0700 ffffffff";
  private static final String USER_5_RW = "0200 0600 05000000";
  private static final String GROUP_RX = "0400 0500 ffffffff";
  private static final String GROUP_9_R = "0800 0400 09000000";
  private static final String MASK_RW = "1000 0600 ffffffff";
  private static final String OTHER_R = "2000 0400 ffffffff";

  private static final String MINIMAL = VERSION + OWNER_RWX + GROUP_RX + OTHER_R;
  private static final String MASKED =
      VERSION + OWNER_RWX + USER_5_RW + GROUP_RX + GROUP_9_R + MASK_RW + OTHER_R;

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }

  private static AccessList list(String hex) throws VfsException {
    return AccessList.parse(bytes(hex));
  }

  @ParameterizedTest
  @ValueSource(strings = {VERSION, MINIMAL, MASKED})
  void bytesComeBack(String hex) throws VfsException {
    assertArrayEquals(bytes(hex), list(hex).toBytes());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0200",
        VERSION + "00",
        VERSION + OWNER_RWX,
        VERSION + OWNER_RWX + GROUP_RX,
        VERSION + OWNER_RWX + OWNER_RWX + GROUP_RX + OTHER_R,
        VERSION + GROUP_RX + OWNER_RWX + OTHER_R,
        VERSION + OWNER_RWX + USER_5_RW + GROUP_RX + OTHER_R, // a mask is missing
        VERSION + OWNER_RWX + GROUP_RX + MASK_RW + MASK_RW + OTHER_R,
        VERSION + OWNER_RWX + GROUP_RX + "2000 0800 ffffffff", // more than rwx
        VERSION + OWNER_RWX + GROUP_RX + "4000 0400 ffffffff", // no such tag
        VERSION + OWNER_RWX + "0200 0600 ffffffff" + GROUP_RX + MASK_RW + OTHER_R, // user -1
        MINIMAL + "20",
      })
  void whatIsNoListIsInvalid(String hex) {
    VfsException refused = assertThrows(VfsException.class, () -> list(hex));
    assertEquals(Failure.INVALID, refused.failure());
  }

  @Test
  void otherVersionsAreNotSupported() {
    VfsException refused = assertThrows(VfsException.class, () -> list("01000000" + OWNER_RWX));
    assertEquals(Failure.NOT_SUPPORTED, refused.failure());
  }

  @Test
  void idsOfTheUnnamedMeanNothing() throws VfsException {
    assertEquals(list(MINIMAL), list(MINIMAL.replace("ffffffff", "07000000")));
  }

  @Test
  void aMaskStandsForTheGroupInTheMode() throws VfsException {
    assertTrue(list(MINIMAL).isMode());
    assertEquals(02754, list(MINIMAL).in(02000));
    assertFalse(list(MASKED).isMode());
    assertEquals(0764, list(MASKED).in(0));
  }

  @Test
  void aChangeOfTheModeChangesTheMask() throws VfsException {
    AccessList changed = list(MASKED).changedTo(0511);
    assertEquals(
        list(
            VERSION
                + OWNER_RWX.replace("0700", "0500")
                + USER_5_RW
                + GROUP_RX
                + GROUP_9_R
                + MASK_RW.replace("0600", "0100")
                + OTHER_R.replace("0400", "0100")),
        changed);
    assertEquals(0421, list(MINIMAL).changedTo(0421).in(0));
  }

  @Test
  void newInodesGetNoMoreThanTheyAskedFor() throws VfsException {
    assertEquals(0644, list(MINIMAL).inheritedBy(0666).in(0666));
    AccessList inherited = list(MASKED).inheritedBy(0640);
    assertEquals(0640, inherited.in(0640));
    assertTrue(inherited.entries().contains(new AccessList.Entry(AccessList.Tag.MASK, 4, -1)));
    assertTrue(inherited.entries().contains(new AccessList.Entry(AccessList.Tag.USER, 6, 5)));
  }
}
