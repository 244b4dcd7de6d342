/**
 * What Hivedeck leaves behind on this machine: shown, and removed when a person says so. It never
 * touches a file, a branch or a commit of the user's own.
 */
@NullMarked
package dev.hivedeck.app.cli.uninstall;

import org.jspecify.annotations.NullMarked;
