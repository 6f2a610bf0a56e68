// Configurations as people really have them, each of a kind that is widely used, of which nothing is wrong.

interface GoodConfiguration {
  readonly main: string;
  readonly files?: Readonly<Record<string, string>>;
}

const debian = `; supervisor config file

[unix_http_server]
file=/var/run/supervisor.sock   ; (the path to the socket file)
chmod=0700                       ; sockef file mode (default 0700)

[supervisord]
logfile=/tmp/supervisord.log ; (main log file;default $CWD/supervisord.log)
pidfile=/tmp/supervisord.pid ; (supervisord pidfile;default supervisord.pid)
childlogdir=/tmp            ; ('AUTO' child log dir, default $TEMP)

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface

[supervisorctl]
serverurl=unix:///var/run/supervisor.sock ; use a unix:// URL  for a unix socket

[include]
files = /etc/supervisor/conf.d/*.conf
`;

const queueWorker = `[program:shop-worker]
process_name=%(program_name)s_%(process_num)02d
command=php /srv/shop/artisan queue:work redis --sleep=3 --tries=3 --max-time=3600
autostart=true
autorestart=true
stopasgroup=true
killasgroup=true
user=web
numprocs=8
redirect_stderr=true
stdout_logfile=/tmp/worker.log
stopwaitsecs=3600
`;

const toStdout =
  'stdout_logfile=/dev/stdout\nstdout_logfile_maxbytes=0\nstderr_logfile=/dev/stderr\nstderr_logfile_maxbytes=0\n';
const devices = { '/dev/stdout': '', '/dev/stderr': '', '/dev/null': '', '/dev/fd/1': '' };

export const goodConfigurations: Readonly<Record<string, GoodConfiguration>> = {
  "Debian's own, with the worker of a PHP shop": {
    main: debian,
    files: { '/etc/supervisor/conf.d/shop.conf': queueWorker },
  },
  'a container with a web server and PHP': {
    main: `[supervisord]
nodaemon=true
user=root
logfile=/dev/null
logfile_maxbytes=0
pidfile=/tmp/supervisord.pid

[program:php-fpm]
command=php-fpm
autorestart=true
${toStdout}
[program:nginx]
command=nginx -g 'daemon off;'
autorestart=true
${toStdout}`,
    files: devices,
  },
  'a container with ssh, cron and Apache': {
    main: `[supervisord]
nodaemon=true

[program:sshd]
command=/usr/sbin/sshd -D

[program:cron]
command=/usr/sbin/cron -f

[program:apache2]
command=/bin/bash -c "source /etc/apache2/envvars && exec /usr/sbin/apache2 -DFOREGROUND"

[program:migrate]
command=/bin/sh -c "while true; do php artisan schedule:run; sleep 60; done"
autorestart=false
startsecs=0
stdout_logfile=/dev/fd/1
stdout_logfile_maxbytes=0
redirect_stderr=true
`,
    files: devices,
  },
  'a Python site with workers, a group and a virtual environment': {
    main: `[unix_http_server]
file=%(here)s/supervisor.sock
[supervisord]
logfile=%(here)s/supervisord.log
pidfile=%(here)s/supervisord.pid
environment=PYTHONUNBUFFERED=1,DJANGO_SETTINGS_MODULE=site.settings
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix://%(here)s/supervisor.sock
[program:web]
command=/srv/site/venv/bin/gunicorn site.wsgi:application --bind 127.0.0.1:8000 --workers 3
directory=/srv/site
environment=PATH="/srv/site/venv/bin:%(ENV_HOME)s/bin",LANG=en_US.UTF-8,SECRET="a,b=c;d#e"
stopsignal=QUIT
[program:celery]
command=/srv/site/venv/bin/celery -A site worker --loglevel=INFO -c 4
stopwaitsecs=600
killasgroup=true
priority=998
[program:beat]
command=/srv/site/venv/bin/celery -A site beat --schedule /tmp/beat
[group:site]
programs=web,celery,beat
`,
  },
  'a page for people behind a password': {
    main: `[supervisord]
[inet_http_server]
port=*:9001
username=admin
password={SHA}82ab876d1387bfafe46cc1c8a2ef074eae50cb1d
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=http://127.0.0.1:9001
username=admin
[program:node]
command=/usr/bin/node /srv/app/server.js --port=3000
environment=NODE_ENV=production,PORT="3000",URL="https://example.com/?a=1&b=2"
autorestart=true
`,
  },
  'an event listener and a FastCGI program': {
    main: `[supervisord]
[eventlistener:mailer]
command=/usr/bin/python3 /srv/mailer.py -m "on call <ops@example.com>"
events=PROCESS_STATE_EXITED,PROCESS_STATE_FATAL
buffer_size=100
[fcgi-program:django]
socket=unix:///tmp/%(program_name)s.sock
socket_owner=web
command=/srv/app/fcgi.py
process_name=%(program_name)s_%(process_num)02d
numprocs=4
`,
  },
  'Redis and nginx as the tutorials have them when they are right': {
    main: `[supervisord]
[program:redis-01]
command=/usr/bin/redis-server /srv/redis-01.conf      ; the program
process_name=%(program_name)s    ; its name
autostart=true
startsecs=10
[program:nginx]
command=/usr/sbin/nginx -c /srv/nginx.conf
[program:java]
command=/usr/bin/java -Xmx512m -jar /srv/app.jar --spring.profiles.active=prod
exitcodes=0,143
stopasgroup=true
`,
    files: {
      '/srv/redis-01.conf': 'port 6379\ndaemonize no\n',
      '/srv/nginx.conf': 'worker_processes 2;\ndaemon off;\n',
    },
  },
  'a robot that needs its shell': {
    main: `[supervisord]
[program:ros]
command=bash -c "source /opt/ros/setup.bash && exec ros2 launch robot main.launch.py"
environment=ROS_DOMAIN_ID=7,HOME="/srv"
stopsignal=INT
stopasgroup=true
[program:date]
command=/bin/sh -c 'while :; do date "+%%Y-%%m-%%d"; sleep 60; done'
`,
  },
};
