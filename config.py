"""The deployer's file: where the settings of this instance come from. See `flask settings`."""

from lms.core.settings import Settings

settings = Settings.from_env()
