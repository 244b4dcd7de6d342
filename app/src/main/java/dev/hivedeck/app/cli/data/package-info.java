/** Commands for what is stored: backups, recovery, kept work. They never delete unasked. */
package dev.hivedeck.app.cli.data;
