/** Commands about GitHub. */
package dev.hivedeck.app.cli.forge;
